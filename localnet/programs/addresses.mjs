import { decode } from '../wire/base58.mjs';

export const SYSTEM_PROGRAM = decode('11111111111111111111111111111111');
export const TOKEN_PROGRAM = decode('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
export const TOKEN_2022_PROGRAM = decode('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb');
export const ASSOCIATED_TOKEN_PROGRAM = decode('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL');
export const COMPUTE_BUDGET_PROGRAM = decode('ComputeBudget111111111111111111111111111111');
export const MEMO_PROGRAM = decode('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
