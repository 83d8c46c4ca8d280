"""The rivals of the journal race, each told to sync before it acknowledges."""

import json
import socket
import subprocess

from running import free_port
from server import Server

PARTITIONS = 4

KAFKA_SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/logs
num.partitions={partitions}
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
auto.create.topics.enable=true
log.flush.interval.messages=1
"""
KAFKA_LOG = """
rootLogger.level=INFO
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
"""
NATS_SETTINGS = """
listen: 127.0.0.1:{port}
jetstream: {{store_dir: "{folder}/jetstream", sync_interval: always, max_file: 10G}}
"""


class Kafka(Server):
    """A broker of its own with four partitions, one a producer."""

    def __init__(self):
        super().__init__("kafka")
        self.port, controller = free_port(), free_port()
        settings = KAFKA_SETTINGS.format(
            port=self.port, controller=controller, folder=self.folder, partitions=PARTITIONS
        )
        (self.folder / "server.properties").write_text(settings)
        (self.folder / "log4j2.properties").write_text(KAFKA_LOG)

    def java(self, *arguments) -> list:
        return ["java", "-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-Djava.awt.headless=true",
                f"-Dlog4j2.configurationFile={self.folder}/log4j2.properties",
                "-cp", f"{self.program}/jars/*", *arguments]  # fmt: skip

    def command(self) -> list:
        settings = self.folder / "server.properties"
        subprocess.run(
            self.java("kafka.tools.StorageTool", "format", "-t", "d2VpcmJlbmNoa2Fma2FydW", "-c",
                      settings),
            check=True, capture_output=True,
        )  # fmt: skip
        return self.java("kafka.Kafka", settings)

    def is_ready(self) -> bool:
        return "Kafka Server started" in (self.folder / "log").read_text(errors="replace")

    def producer(self) -> list:
        return [self.program / "venv/bin/python", "kafka_producer.py", str(self.port)]


class Nats(Server):
    """JetStream with four streams, one a producer."""

    def __init__(self):
        super().__init__("nats")
        self.port = free_port()
        settings = NATS_SETTINGS.format(port=self.port, folder=self.folder)
        (self.folder / "nats.conf").write_text(settings)

    def command(self) -> list:
        return [self.program / "venv/bin/nats-server", "-c", self.folder / "nats.conf"]

    def is_ready(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            return json.loads(connection.recv(65536).split(b" ", 1)[1].split(b"\r\n")[0]) != {}

    def producer(self) -> list:
        return [self.program / "venv/bin/python", "nats_producer.py", str(self.port)]
