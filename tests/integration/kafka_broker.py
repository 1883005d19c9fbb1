"""Apache Kafka's own broker, of Maven's jars (installed into build/kafka_broker), one node in KRaft mode: without TLS
on `port`, with TLS and a log-in on `sasl_port`."""

import fcntl
import filecmp
import pathlib
import shutil
import socket
import subprocess
import time
import unittest

from harness import ROOT
from opcua_peer import free_port

HERE = ROOT / "tests/integration/kafka_mvn"
USER, PASSWORD = "mw", "correct-horse"  # no space: the storage tool would cut it there


def broker_jars():
    """The folder of the jars; a skip by name where they cannot be had."""
    for tool in ("java", "mvn", "openssl"):
        if shutil.which(tool) is None:
            raise unittest.SkipTest(f"no {tool} here")
    folder = ROOT / "build/kafka_broker"
    folder.parent.mkdir(exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = folder / "installed.xml"
        if not (installed.is_file() and filecmp.cmp(HERE / "pom.xml", installed, shallow=False)):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            done = subprocess.run(["mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies",
                                   f"-DoutputDirectory={folder}"], capture_output=True, text=True)
            if done.returncode != 0:
                raise unittest.SkipTest(f"Kafka's jars could not be had: {done.stdout[-500:]}")
            shutil.copy(HERE / "pom.xml", installed)
    return folder


class Broker:
    def __init__(self, folder):
        self.jars = broker_jars()
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port, self.sasl_port, self.controller_port = free_port(), free_port(), free_port()
        self.ca_file = self.folder / "ca.pem"
        self._make_certificates()
        self.config = self.folder / "server.properties"
        self.config.write_text(self._properties())
        self._java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", self.config,
                   "--add-scram", f"SCRAM-SHA-256=[name={USER},password={PASSWORD}]")
        self.process = None
        self.start()

    def _command(self, name, *words):
        return ["java", "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{self.jars}/*", name,
                *map(str, words)]

    def _java(self, *words):
        done = subprocess.run(self._command(*words), capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"{words}: {done.stdout[-2000:]} {done.stderr[-2000:]}")

    def _openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=self.folder)

    def _make_certificates(self):
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test ca",
                      "-keyout", "ca.key", "-out", "ca.pem")
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "broker.key",
                      "-out", "broker.csr")
        (self.folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self._openssl("x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                      "-days", "2", "-extfile", "names", "-out", "broker.pem")
        self._openssl("pkcs8", "-topk8", "-nocrypt", "-in", "broker.key", "-out", "broker.pk8")
        (self.folder / "keystore.pem").write_text((self.folder / "broker.pk8").read_text() +
                                                  (self.folder / "broker.pem").read_text())

    def _properties(self):
        jaas = "org.apache.kafka.common.security"
        return f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{self.controller_port}
listeners=PLAINTEXT://127.0.0.1:{self.port},SASL_SSL://127.0.0.1:{self.sasl_port},CONTROLLER://127.0.0.1:{self.controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{self.port},SASL_SSL://localhost:{self.sasl_port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={self.folder}/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
ssl.keystore.type=PEM
ssl.keystore.location={self.folder}/keystore.pem
sasl.enabled.mechanisms=SCRAM-SHA-256,PLAIN
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config={jaas}.scram.ScramLoginModule required;
listener.name.sasl_ssl.plain.sasl.jaas.config={jaas}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";
"""

    def start(self):
        self.log = open(self.folder / "broker.log", "ab")
        self.process = subprocess.Popen(self._command("kafka.Kafka", self.config), stdout=self.log, stderr=self.log)
        end = time.monotonic() + 240
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.sasl_port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    text = (self.folder / "broker.log").read_text(errors="replace")
                    raise AssertionError(f"Kafka does not start: {text[-2000:]}") from None
                time.sleep(0.1)

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.log.close()
        self.process = None
