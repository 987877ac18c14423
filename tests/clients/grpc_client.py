"""Runs the scenarios of the gRPC tests with Python's gRPC client and prints one JSON object: what each scenario saw.

Usage: python3 grpc_client.py HOST:PORT DESCRIPTORS, where DESCRIPTORS is a FileDescriptorSet in base64.
"""

import base64
import json
import sys
import threading
import traceback

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ADDRESS, DESCRIPTORS = sys.argv[1:]
POOL = descriptor_pool.DescriptorPool()
for proto in descriptor_pb2.FileDescriptorSet.FromString(base64.b64decode(DESCRIPTORS)).file:
    POOL.Add(proto)
FACTORY = message_factory.MessageFactory(POOL)


def message(name):
    return FACTORY.GetPrototype(POOL.FindMessageTypeByName(name))


EchoRequest = message("cluster.tests.grpc.EchoRequest")
EchoReply = message("cluster.tests.grpc.EchoReply")
HealthCheckRequest = message("grpc.health.v1.HealthCheckRequest")
HealthCheckResponse = message("grpc.health.v1.HealthCheckResponse")
ServerReflectionRequest = message("grpc.reflection.v1alpha.ServerReflectionRequest")
ServerReflectionResponse = message("grpc.reflection.v1alpha.ServerReflectionResponse")

LIMITS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
CHANNEL = grpc.insecure_channel(ADDRESS, options=LIMITS)


def stub(path, shape="unary_unary", request=EchoRequest, reply=EchoReply, channel=CHANNEL):
    return getattr(channel, shape)(path, request_serializer=request.SerializeToString, response_deserializer=reply.FromString)


UNARY = stub("/cluster.tests.grpc.Echo/Unary")
COLLECT = stub("/cluster.tests.grpc.Echo/Collect", "stream_unary")
EXPAND = stub("/cluster.tests.grpc.Echo/Expand", "unary_stream")
CHAT = stub("/cluster.tests.grpc.Echo/Chat", "stream_stream")


def failure(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except grpc.RpcError as error:
        return {"code": error.code().value[0], "message": error.details()}
    return {"code": 0}


def unary():
    reply = UNARY(EchoRequest(text="hello", payload=b"\x00\x01\xff"))
    return {"text": reply.text, "payload": reply.payload.hex(), "count": reply.count}


def collect():
    reply = COLLECT(EchoRequest(text=str(i)) for i in range(1, 1001))
    return {"count": reply.count, "text": reply.text}


def expand():
    call = EXPAND(EchoRequest(text="x", repeat=1000))
    return {"counts": [reply.count for reply in call], "code": call.code().value[0]}


def chat():
    turns = threading.Semaphore(1)

    def requests():
        for i in range(1, 101):
            turns.acquire()
            yield EchoRequest(text=str(i))

    call = CHAT(requests())
    seen = []
    for reply in call:
        seen.append(reply.text)
        turns.release()
    return {"seen": seen, "code": call.code().value[0]}


def metadata():
    sent = (
        ("echo-text", "first"),
        ("echo-text", "second, with a comma"),
        ("echo-bytes-bin", bytes([0, 1, 2, 253, 254, 255])),
        ("echo-bytes-bin", b"four"),
    )
    _, call = UNARY.with_call(EchoRequest(text="m"), metadata=sent)

    def both(received):
        return {
            "text": ", ".join(value for key, value in received if key == "echo-text"),
            "bytes": [value.hex() for key, value in received if key == "echo-bytes-bin"],
        }

    return {"headers": both(call.initial_metadata()), "trailers": both(call.trailing_metadata())}


def error():
    return failure(UNARY, EchoRequest(fail_with=9, fail_message="Überweisung abgelehnt: 100% von 5 € fehlen\n∑ 😀 "))


def crash():
    return failure(UNARY, EchoRequest(crash=True))


def missing():
    return {"code": failure(stub("/cluster.tests.grpc.Echo/Missing"), EchoRequest())["code"]}


def gzip():
    reply = UNARY(EchoRequest(text="compress me " * 10000), compression=grpc.Compression.Gzip)
    return {"length": len(reply.text)}


def big():
    payload = b"\x07" * (4 * 1024 * 1024 - 64)
    echoed = UNARY(EchoRequest(payload=payload)).payload == payload
    code = failure(UNARY, EchoRequest(payload=bytes(4 * 1024 * 1024 + 1)))["code"]
    return {"echoed": echoed, "code": code, "after": UNARY(EchoRequest(text="still here")).text}


def deadline():
    return {"code": failure(UNARY, EchoRequest(text="py deadline", wait=True), timeout=1)["code"]}


def cancel():
    call = EXPAND(EchoRequest(text="py cancel", repeat=1, wait=True))
    replies = 0
    try:
        for _ in call:
            replies += 1
            call.cancel()
    except grpc.RpcError as failed:
        return {"replies": replies, "code": failed.code().value[0]}
    return {"replies": replies, "code": 0}


def health():
    check = stub("/grpc.health.v1.Health/Check", request=HealthCheckRequest, reply=HealthCheckResponse)
    watch = stub("/grpc.health.v1.Health/Watch", "unary_stream", HealthCheckRequest, HealthCheckResponse)
    names = HealthCheckResponse.DESCRIPTOR.enum_types_by_name["ServingStatus"].values_by_number
    call = watch(HealthCheckRequest(service="no.such.Service"))
    watched = names[next(call).status].name
    call.cancel()
    return {
        "status": names[check(HealthCheckRequest()).status].name,
        "unknown": failure(check, HealthCheckRequest(service="no.such.Service"))["code"],
        "watched": watched,
    }


def reflection():
    info = stub(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "stream_stream",
        ServerReflectionRequest,
        ServerReflectionResponse,
    )
    listed, described = info(
        iter([ServerReflectionRequest(list_services=""), ServerReflectionRequest(file_containing_symbol="cluster.tests.grpc.Echo")])
    )

    # A client made of nothing but what the server told.
    pool = descriptor_pool.DescriptorPool()
    files = [descriptor_pb2.FileDescriptorProto.FromString(file) for file in described.file_descriptor_response.file_descriptor_proto]
    for file in reversed(files):
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    method = pool.FindServiceByName("cluster.tests.grpc.Echo").FindMethodByName("Unary")
    request, reply = factory.GetPrototype(method.input_type), factory.GetPrototype(method.output_type)
    call = stub("/cluster.tests.grpc.Echo/Unary", request=request, reply=reply)
    return {
        "services": [service.name for service in listed.list_services_response.service],
        "text": call(request(text="by reflection")).text,
    }


def main():
    results = {}
    for run in (unary, collect, expand, chat, metadata, error, crash, missing, gzip, big, deadline, cancel, health, reflection):
        try:
            results[run.__name__] = run()
        except Exception:  # One broken scenario must not hide the others.
            results[run.__name__] = {"error": traceback.format_exc()}
    print(json.dumps(results))


main()
