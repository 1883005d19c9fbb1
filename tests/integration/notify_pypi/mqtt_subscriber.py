"""Subscribes over TLS with a password; each message is a line of standard output."""

import sys

import paho.mqtt.client as mqtt

port, ca_file, user, password, topic = sys.argv[1:]
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="subscriber", protocol=mqtt.MQTTv5)
client.username_pw_set(user, password)
client.tls_set(ca_certs=ca_file)
client.on_connect = lambda *_: client.subscribe(topic, qos=1)
client.on_subscribe = lambda *_: print("subscribed", flush=True)
client.on_message = lambda _client, _data, message: print(message.payload.decode(), flush=True)
client.connect("localhost", int(port))
client.loop_forever()
