/** Codes of JSON-RPC 2.0 and of Solana's RPC: https://solana.com/docs/rpc and `rpc-client-types` of Agave. */
export const RpcCode = Object.freeze({
  PARSE_ERROR: -32700,
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL_ERROR: -32603,
  PREFLIGHT_FAILURE: -32002,
  SIGNATURE_VERIFICATION_FAILURE: -32003,
  BLOCK_NOT_AVAILABLE: -32004,
  NODE_UNHEALTHY: -32005,
  TRANSACTION_PRECOMPILE_VERIFICATION_FAILURE: -32006,
  SLOT_SKIPPED: -32007,
  MIN_CONTEXT_SLOT_NOT_REACHED: -32016,
});

/** A refusal in the protocol's form. */
export class RpcError extends Error {
  /**
   * @param {number} code
   * @param {string} message
   * @param {unknown} [data]
   */
  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }

  toJSON() {
    return { code: this.code, message: this.message, ...(this.data === undefined ? {} : { data: this.data }) };
  }
}

/** @param {string} message */
export function invalidParams(message) {
  return new RpcError(RpcCode.INVALID_PARAMS, message);
}
