"""A server's certificate for opcua_test.py: make_certificate.py FOLDER FROM_DAYS UNTIL_DAYS URI."""

import datetime
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

folder, begin, end, uri = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PLC 7")])
now = datetime.datetime.now(datetime.timezone.utc)
certificate = (
    x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    .serial_number(x509.random_serial_number())
    .not_valid_before(now + datetime.timedelta(days=begin))
    .not_valid_after(now + datetime.timedelta(days=end))
    .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri),
                                                x509.DNSName("localhost")]), critical=False)
    .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True,
                                 key_encipherment=True, data_encipherment=True, key_agreement=False,
                                 key_cert_sign=True, crl_sign=False, encipher_only=False,
                                 decipher_only=False), critical=True)
    .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    .sign(key, hashes.SHA256()))
folder.mkdir(parents=True, exist_ok=True)
(folder / "server.der").write_bytes(certificate.public_bytes(serialization.Encoding.DER))
(folder / "server.pem").write_bytes(key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
