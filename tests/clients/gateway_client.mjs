// Calls the gateway with @grpc/grpc-js and prints one JSON object: what the calls answered.
// Usage: node gateway_client.mjs HOST:PORT KEY PROTOS
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, key, protos] = process.argv.slice(2);
const definition = loader.loadSync('cluster/v1/wallets.proto', { includeDirs: [protos], longs: String, enums: String, keepCase: true });
const { Wallets } = grpc.loadPackageDefinition(definition).cluster.v1;
const client = new Wallets(address, grpc.credentials.createInsecure());

const getWallet = (presented) =>
  new Promise((resolve) => {
    const metadata = new grpc.Metadata();
    if (presented) metadata.set('authorization', `Bearer ${presented}`);
    client.getWallet({ wallet_id: 'treasury' }, metadata, { deadline: Date.now() + 30_000 }, (error, reply) =>
      resolve(error ? { code: error.code, message: error.details } : reply));
  });

console.log(JSON.stringify({ known: await getWallet(key), unknown: await getWallet(`${key}0`), none: await getWallet('') }));
client.close();
