import { encode } from '../wire/base58.mjs';

const NAMES = {
  1: 'transferFeeConfig', 2: 'transferFeeAmount', 3: 'mintCloseAuthority', 4: 'confidentialTransferMint',
  5: 'confidentialTransferAccount', 6: 'defaultAccountState', 7: 'immutableOwner', 8: 'memoTransfer',
  9: 'nonTransferable', 10: 'interestBearingConfig', 11: 'cpiGuard', 12: 'permanentDelegate',
  13: 'nonTransferableAccount', 14: 'transferHook', 15: 'transferHookAccount', 18: 'metadataPointer',
  19: 'tokenMetadata', 20: 'groupPointer', 22: 'groupMemberPointer', 25: 'scaledUiAmountConfig',
  26: 'pausableConfig', 27: 'pausableAccount',
};

const STATES = ['uninitialized', 'initialized', 'frozen'];

const READERS = {
  transferFeeConfig: (data) => ({
    transferFeeConfigAuthority: key(data, 0),
    withdrawWithheldAuthority: key(data, 32),
    withheldAmount: data.readBigUInt64LE(64),
    olderTransferFee: transferFee(data, 72),
    newerTransferFee: transferFee(data, 90),
  }),
  transferFeeAmount: (data) => ({ withheldAmount: data.readBigUInt64LE(0) }),
  mintCloseAuthority: (data) => ({ closeAuthority: key(data, 0) }),
  defaultAccountState: (data) => ({ accountState: STATES[data[0]] }),
  memoTransfer: (data) => ({ requireIncomingTransferMemos: data[0] === 1 }),
  permanentDelegate: (data) => ({ delegate: key(data, 0) }),
  transferHook: (data) => ({ authority: key(data, 0), programId: key(data, 32) }),
  transferHookAccount: (data) => ({ transferring: data[0] === 1 }),
  pausableConfig: (data) => ({ authority: key(data, 0), paused: data[32] === 1 }),
};

/**
 * Token-2022's extensions as `jsonParsed` shows them; of those without a reader here, the name.
 * @param {{ type: number, data: Buffer }[]} extensions
 */
export function extensionsToJson(extensions) {
  return extensions.map(({ type, data }) => {
    const extension = NAMES[type] ?? 'unparseableExtension';
    const read = READERS[extension];
    return read ? { extension, state: read(data) } : { extension };
  });
}

function key(data, at) {
  const bytes = data.subarray(at, at + 32);
  return bytes.every((byte) => byte === 0) ? null : encode(bytes);
}

function transferFee(data, at) {
  return {
    epoch: data.readBigUInt64LE(at),
    maximumFee: data.readBigUInt64LE(at + 8),
    transferFeeBasisPoints: data.readUInt16LE(at + 16),
  };
}
