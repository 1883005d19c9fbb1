"""A mail server of aiosmtpd that wants STARTTLS and a password: each mail that it took is a line of JSON."""

import json
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

port, certificate, key, user, password = sys.argv[1:]


class Keep:
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos,
                          "text": envelope.content.decode()}), flush=True)
        return "250 taken"


def check(server, session, envelope, mechanism, given):
    good = (given.login, given.password) == (user.encode(), password.encode())
    return AuthResult(success=good, handled=False)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
controller = Controller(Keep(), hostname="127.0.0.1", port=int(port), tls_context=context,
                        require_starttls=True, auth_required=True, authenticator=check)
controller.start()
print("serving", flush=True)
while True:
    time.sleep(60)
