using System.Text.Json;

namespace Cluster.Solana;

/// <content>What changes the ledger.</content>
public sealed partial class SolanaRpcClient
{
    private const string SendMethod = "sendTransaction";

    /// <summary>
    /// <c>sendTransaction</c> with <c>maxRetries</c> 0: sending again is the caller's business. Fails as a value.
    /// </summary>
    public async ValueTask<SendResult> SendTransaction(
        SignedTransaction transaction, SendOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var called = await Call(
            SendMethod, (transaction, options), WriteSendParams, RpcJson.Default.Signature, ct, SizeOf(transaction));
        return Judge(called, transaction);
    }

    /// <summary>
    /// <c>sendTransaction</c> of several transactions in one JSON-RPC batch, one result each in the order given. Where
    /// the endpoint takes no batches, all are <see cref="SendVerdict.Unknown"/> with
    /// <see cref="RpcFailure.MethodNotSupported"/> or what else it said.
    /// </summary>
    public async ValueTask<IReadOnlyList<SendResult>> SendTransactions(
        IReadOnlyList<SignedTransaction> transactions, SendOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        if (transactions.Count == 1)
        {
            return [await SendTransaction(transactions[0], options, ct)];
        }

        var requests = transactions.Select(transaction => (transaction, options)).ToArray();
        var body = RpcRequestBody.Batch<(SignedTransaction, SendOptions)>(
            SendMethod, requests, WriteSendParams, transactions.Sum(SizeOf));
        var posted = await _transport.Post(SendMethod, body, ct);
        if (!posted.TryGet(out var reply, out var error))
        {
            return AllUnknown(transactions.Count, error);
        }

        using (reply)
        {
            var read = RpcReplyReader.ReadBatch(
                reply.Span, transactions.Count, RpcJson.Default.Signature, new CallSite(Endpoint, SendMethod));
            return read.TryGet(out var results, out error)
                ? [.. results.Zip(transactions, Judge)]
                : AllUnknown(transactions.Count, error);
        }
    }

    /// <summary><c>requestAirdrop</c>: lamports from a test network's faucet. Not repeatable: each call gives anew.</summary>
    public Task<Signature> RequestAirdrop(
        PublicKey account, ulong lamports, RpcQuery query = default, CancellationToken ct = default) =>
        Ask(
            "requestAirdrop",
            (account, lamports, query),
            static (writer, state) =>
            {
                RpcParams.WritePublicKey(writer, state.account);
                writer.WriteNumberValue(state.lamports);
                RpcParams.WriteConfig(writer, state.query with { MinContextSlot = null });
            },
            RpcJson.Default.Signature,
            ct);

    private static SendResult[] AllUnknown(int count, RpcException error)
    {
        var results = new SendResult[count];
        Array.Fill(results, new SendResult(SendVerdict.Unknown, error));
        return results;
    }

    private static int SizeOf(SignedTransaction transaction) => SmallRequest + (transaction.Bytes.Length * 4 / 3);

    private static void WriteSendParams(Utf8JsonWriter writer, (SignedTransaction Transaction, SendOptions Options) state)
    {
        writer.WriteBase64StringValue(state.Transaction.Bytes.Span);
        writer.WriteStartObject();
        writer.WriteString("encoding"u8, "base64"u8);
        writer.WriteBoolean("skipPreflight"u8, state.Options.SkipPreflight);
        writer.WriteString("preflightCommitment"u8, CommitmentJsonConverter.Name(state.Options.PreflightCommitment));
        writer.WriteNumber("maxRetries"u8, 0);
        if (state.Options.MinContextSlot is { } slot)
        {
            writer.WriteNumber("minContextSlot"u8, slot);
        }

        writer.WriteEndObject();
    }

    private SendResult Judge(RpcResult<Signature> result, SignedTransaction transaction)
    {
        if (!result.TryGet(out var signature, out var failure))
        {
            return SendResult.Of(failure);
        }

        return signature == transaction.Signature
            ? SendResult.Accepted
            : SendResult.Of(Malformed(SendMethod, $"signature {signature} for transaction {transaction.Signature}"));
    }
}
