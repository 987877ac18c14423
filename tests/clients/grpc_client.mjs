// Runs the scenarios of the gRPC tests with Node's gRPC client and prints one JSON object: what each scenario saw.
// Usage: node grpc_client.mjs HOST:PORT PATH-OF-echo.proto PATH-OF-THE-LIBRARY'S-PROTOS
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const [address, echoProto, libraryProtos] = process.argv.slice(2);
const loading = { longs: Number, keepCase: true, defaults: true, enums: String };
const echoes = grpc.loadPackageDefinition(protoLoader.loadSync(echoProto, loading)).cluster.tests.grpc;
const standard = grpc.loadPackageDefinition(
  protoLoader.loadSync(['grpc/health/v1/health.proto', 'grpc/reflection/v1/reflection.proto'], { ...loading, includeDirs: [libraryProtos] }),
).grpc;

const limits = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
const echo = new echoes.Echo(address, grpc.credentials.createInsecure(), limits);
const gzipEcho = new echoes.Echo(address, grpc.credentials.createInsecure(), {
  ...limits,
  'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip,
});

const failure = (error) => ({ code: error.code, message: error.details, trailers: error.metadata?.getMap() ?? {} });

// The response, or the failure, of a call with one response; `watch` sees the call.
const single = (client, method, request, { metadata = new grpc.Metadata(), options = {}, watch = () => {} } = {}) =>
  new Promise((resolve) => {
    const call = client[method](request, metadata, options, (error, reply) => resolve(error ? failure(error) : { reply }));
    watch(call);
  });

// Everything that a stream brings, and how it ended.
const drain = (call) =>
  new Promise((resolve) => {
    const replies = [];
    let failed;
    call.on('data', (reply) => replies.push(reply));
    call.on('error', (error) => (failed = failure(error)));
    call.on('status', (status) => setImmediate(() => resolve({ replies, code: status.code, message: status.details, ...failed })));
  });

const hex = (values) => values.map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : value));

const scenarios = {
  async unary() {
    const { reply } = await single(echo, 'Unary', { text: 'hello', payload: Buffer.from([0, 1, 255]) });
    return { text: reply.text, payload: reply.payload.toString('hex'), count: reply.count };
  },

  async collect() {
    return new Promise((resolve) => {
      const call = echo.Collect((error, reply) => resolve(error ? failure(error) : { count: reply.count, text: reply.text }));
      for (let i = 1; i <= 1000; i++) call.write({ text: `${i}` });
      call.end();
    });
  },

  async expand() {
    const { replies, code } = await drain(echo.Expand({ text: 'x', repeat: 1000 }));
    return { counts: replies.map((reply) => reply.count), code };
  },

  async chat() {
    const call = echo.Chat();
    const seen = [];
    call.on('data', (reply) => {
      seen.push(reply.text);
      if (seen.length < 100) call.write({ text: `${seen.length + 1}` });
      else call.end();
    });
    call.write({ text: '1' });
    const { code } = await drain(call);
    return { seen, code };
  },

  async metadata() {
    const metadata = new grpc.Metadata();
    metadata.add('echo-text', 'first');
    metadata.add('echo-text', 'second, with a comma');
    metadata.add('echo-bytes-bin', Buffer.from([0, 1, 2, 253, 254, 255]));
    metadata.add('echo-bytes-bin', Buffer.from('four'));
    let headers, trailers;
    await single(echo, 'Unary', { text: 'm' }, {
      metadata,
      watch: (call) => {
        call.on('metadata', (received) => (headers = received));
        call.on('status', (status) => (trailers = status.metadata));
      },
    });
    await new Promise(setImmediate);
    // HTTP may join the values of a header, and Node's does.
    const both = (received) => ({ text: received.get('echo-text').join(', '), bytes: hex(received.get('echo-bytes-bin')) });
    return { headers: both(headers), trailers: both(trailers) };
  },

  async error() {
    const failed = await single(echo, 'Unary', { fail_with: 9, fail_message: 'Überweisung abgelehnt: 100% von 5 € fehlen\n∑ 😀 ' });
    return { code: failed.code, message: failed.message };
  },

  async crash() {
    const failed = await single(echo, 'Unary', { crash: true });
    return { code: failed.code, message: failed.message };
  },

  async missing() {
    const { code } = await single(echo, 'Missing', {});
    return { code };
  },

  async gzip() {
    const { reply } = await single(gzipEcho, 'Unary', { text: 'compress me '.repeat(10000) });
    return { length: reply.text.length };
  },

  async big() {
    const payload = Buffer.alloc(4 * 1024 * 1024 - 64, 7);
    const { reply } = await single(echo, 'Unary', { payload });
    const tooBig = await single(echo, 'Unary', { payload: Buffer.alloc(4 * 1024 * 1024 + 1) });
    const after = await single(echo, 'Unary', { text: 'still here' });
    return { echoed: reply.payload.equals(payload), code: tooBig.code, after: after.reply.text };
  },

  async deadline() {
    const { code } = await single(echo, 'Unary', { text: 'js deadline', wait: true }, { options: { deadline: Date.now() + 1000 } });
    return { code };
  },

  async cancel() {
    const call = echo.Expand({ text: 'js cancel', repeat: 1, wait: true });
    call.on('data', () => call.cancel());
    const { replies, code } = await drain(call);
    return { replies: replies.length, code };
  },

  async health() {
    const health = new standard.health.v1.Health(address, grpc.credentials.createInsecure());
    const check = await single(health, 'Check', { service: '' });
    const unknown = await single(health, 'Check', { service: 'no.such.Service' });
    const call = health.Watch({ service: 'no.such.Service' });
    const watched = await new Promise((resolve) => call.on('data', resolve).on('error', () => {}));
    call.cancel();
    return { status: check.reply.status, unknown: unknown.code, watched: watched.status };
  },

  async reflection() {
    const reflection = new standard.reflection.v1.ServerReflection(address, grpc.credentials.createInsecure());
    const call = reflection.ServerReflectionInfo();
    call.write({ list_services: '' });
    call.write({ file_containing_symbol: 'cluster.tests.grpc.Echo' });
    call.end();
    const { replies } = await drain(call);
    const services = replies[0].list_services_response.service.map((service) => service.name);

    // A client made of nothing but what the server told.
    const files = replies[1].file_descriptor_response.file_descriptor_proto;
    const set = Buffer.concat(files.map((file) => Buffer.concat([Buffer.from([0x0a]), varint(file.length), file])));
    const told = grpc.loadPackageDefinition(protoLoader.loadFileDescriptorSetFromBuffer(set, loading)).cluster.tests.grpc;
    const client = new told.Echo(address, grpc.credentials.createInsecure());
    const { reply } = await single(client, 'Unary', { text: 'by reflection' });
    return { services, text: reply.text };
  },
};

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

const results = {};
for (const [name, run] of Object.entries(scenarios)) {
  try {
    results[name] = await run();
  } catch (error) {
    results[name] = { error: `${error.stack ?? error}` };
  }
}

console.log(JSON.stringify(results));
process.exit(0);
