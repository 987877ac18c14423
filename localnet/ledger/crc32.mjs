import zlib from 'node:zlib';

const TABLE = new Int32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * The checksum of zip and Ethernet (IEEE 802.3): Node's own from 20.15 on, before that this one.
 * @type {(bytes: Uint8Array) => number}
 */
export const crc32 = zlib.crc32 ?? ((bytes) => {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
});
