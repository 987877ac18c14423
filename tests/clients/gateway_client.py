"""Calls the gateway with Python's gRPC client and prints one JSON object: what the calls answered.

Usage: python3 gateway_client.py HOST:PORT KEY DESCRIPTORS, where DESCRIPTORS is a FileDescriptorSet in base64.
"""

import base64
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

ADDRESS, KEY, DESCRIPTORS = sys.argv[1:]
POOL = descriptor_pool.DescriptorPool()
for proto in descriptor_pb2.FileDescriptorSet.FromString(base64.b64decode(DESCRIPTORS)).file:
    POOL.Add(proto)
FACTORY = message_factory.MessageFactory(POOL)
Request, Reply = (FACTORY.GetPrototype(POOL.FindMessageTypeByName("cluster.v1." + name)) for name in ("GetWalletRequest", "Wallet"))

with grpc.insecure_channel(ADDRESS) as channel:
    call = channel.unary_unary("/cluster.v1.Wallets/GetWallet", Request.SerializeToString, Reply.FromString)

    def get_wallet(key):
        try:
            metadata = [("authorization", "Bearer " + key)] if key else []
            reply = call(Request(wallet_id="treasury"), timeout=30, metadata=metadata)
            return json_format.MessageToDict(reply, preserving_proto_field_name=True)
        except grpc.RpcError as error:
            return {"code": error.code().value[0], "message": error.details()}

    print(json.dumps({"known": get_wallet(KEY), "unknown": get_wallet(KEY + "0"), "none": get_wallet("")}))
