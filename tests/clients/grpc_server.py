"""The Echo service of the gRPC tests on Python's gRPC server.

Usage: python3 grpc_server.py DESCRIPTORS, where DESCRIPTORS is a FileDescriptorSet in base64. The first line on standard
output is the port; later ones say which calls wait and which of them were cancelled. Ends when standard input does.
"""

import base64
import sys
import threading
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

POOL = descriptor_pool.DescriptorPool()
for proto in descriptor_pb2.FileDescriptorSet.FromString(base64.b64decode(sys.argv[1])).file:
    POOL.Add(proto)
FACTORY = message_factory.MessageFactory(POOL)
EchoRequest = FACTORY.GetPrototype(POOL.FindMessageTypeByName("cluster.tests.grpc.EchoRequest"))
EchoReply = FACTORY.GetPrototype(POOL.FindMessageTypeByName("cluster.tests.grpc.EchoReply"))
CODES = {code.value[0]: code for code in grpc.StatusCode}


def echo_metadata(context):
    echoed = tuple((key, value) for key, value in context.invocation_metadata() if key.startswith("echo-"))
    context.send_initial_metadata(echoed)
    context.set_trailing_metadata(echoed)


def obey(request, context):
    if request.fail_with:
        context.abort(CODES[request.fail_with], request.fail_message)
    if request.crash:
        raise RuntimeError("crashed")
    if request.wait:
        cancelled = threading.Event()
        print("waiting", request.text, flush=True)
        if context.add_callback(cancelled.set):
            cancelled.wait()
        print("cancelled", request.text, flush=True)


def unary(request, context):
    echo_metadata(context)
    obey(request, context)
    return EchoReply(text=request.text, payload=request.payload, count=1)


def collect(requests, context):
    reply = EchoReply()
    for request in requests:
        obey(request, context)
        reply.count += 1
        reply.text = request.text
    return reply


def expand(request, context):
    for i in range(1, request.repeat + 1):
        yield EchoReply(text=request.text, payload=request.payload, count=i)
    obey(request, context)


def chat(requests, context):
    for i, request in enumerate(requests, 1):
        obey(request, context)
        yield EchoReply(text=request.text, payload=request.payload, count=i)


def handler(make, behaviour):
    return make(behaviour, request_deserializer=EchoRequest.FromString, response_serializer=EchoReply.SerializeToString)


def main():
    limits = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=limits, compression=grpc.Compression.Gzip)
    methods = {
        "Unary": handler(grpc.unary_unary_rpc_method_handler, unary),
        "Collect": handler(grpc.stream_unary_rpc_method_handler, collect),
        "Expand": handler(grpc.unary_stream_rpc_method_handler, expand),
        "Chat": handler(grpc.stream_stream_rpc_method_handler, chat),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("cluster.tests.grpc.Echo", methods),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    sys.stdin.read()
    server.stop(grace=None)


main()
