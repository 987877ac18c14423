using System.Text;
using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Solana.Rpc;

/// <summary>A hundred thousand damaged replies: each gives a value or an <see cref="RpcException"/>, in bounded memory.</summary>
public sealed class ReplyFuzzTests
{
    private static readonly int Inputs = FuzzInputs.Count;

    /// <summary>Whatever a reply says, reading it allocates no more than this times its length, and a constant.</summary>
    private const int AllocationFactor = 64;
    private const int AllocationConstant = 16 * 1024;

    private static readonly CallSite Site = new(new RpcEndpoint(new Uri("http://host.example/")), "fuzzed");

    private static readonly string Key = SolanaRpcClientTests.Key(77).ToString();
    private static readonly string Sig = SolanaRpcClientTests.SignatureOf(77).ToString();

    private static readonly (string Result, Func<byte[], RpcException?> Read)[] Readers =
    [
        ("5", bytes => RpcReplyReader.Read(bytes, RpcJson.Default.UInt64, Site).Error),
        ("\"ok\"", bytes => RpcReplyReader.Read(bytes, RpcJson.Default.String, Site).Error),
        ($"\"{Sig}\"", bytes => RpcReplyReader.Read(bytes, RpcJson.Default.Signature, Site).Error),
        ($$$"""{"context":{"slot":7},"value":{"blockhash":"{{{Key}}}","lastValidBlockHeight":157}}""",
            bytes => RpcReplyReader.Read(bytes, RpcJson.Default.ContextReplyLatestBlockhash, Site).Error),
        ($$$"""{"context":{"slot":3},"value":[{"lamports":12,"owner":"{{{Key}}}","data":["AQIDBA==","base64"],"executable":false},null]}""",
            bytes => RpcReplyReader.Read(bytes, RpcJson.Default.ContextReplyIReadOnlyListAccountInfo, Site).Error),
        ("""{"context":{"slot":9},"value":[null,{"slot":5,"confirmations":3,"err":{"InstructionError":[1,{"Custom":17}]},"confirmationStatus":"confirmed"}]}""",
            bytes => RpcReplyReader.Read(bytes, RpcJson.Default.ContextReplyIReadOnlyListSignatureStatus, Site).Error),
        ("""{"context":{"slot":9},"value":{"err":"AccountInUse","logs":["a","\u00e9\ud83d\ude00"],"unitsConsumed":7}}""",
            bytes => RpcReplyReader.Read(bytes, RpcJson.Default.ContextReplySimulationResult, Site).Error),
        ("""{"absoluteSlot":9,"blockHeight":8,"epoch":1,"slotIndex":2,"slotsInEpoch":7}""",
            bytes => RpcReplyReader.Read(bytes, RpcJson.Default.EpochInfo, Site).Error),
        ($$$"""{"slot":1,"blockTime":5,"meta":{"err":null,"fee":5000,"preBalances":[1],"postBalances":[2],"postTokenBalances":[{"accountIndex":1,"mint":"{{{Key}}}","uiTokenAmount":{"amount":"7","decimals":9}}]}}""",
            bytes => RpcReplyReader.Read(bytes, RpcJson.Default.TransactionInfo, Site, nullable: true).Error),
        ($$$"""[{"signature":"{{{Sig}}}","slot":4,"err":null,"memo":"x","blockTime":1,"confirmationStatus":"finalized"}]""",
            bytes => RpcReplyReader.Read(bytes, RpcJson.Default.IReadOnlyListSignatureInfo, Site).Error),
    ];

    private static readonly string[] Fragments =
    [
        "null", "NaN", "-1", "1e999", "18446744073709551616", "\"\"", "[]", "{}", "[[[[", "}}", ",", ":", "\\u0000", "\\ud800",
        "\"id\":1,", "\"error\":{\"code\":-32002,\"message\":\"m\",\"data\":{\"err\":{},\"logs\":[1]}},", "\"result\":", "true",
    ];

    [Fact]
    [Trait("Category", FuzzInputs.Category)]
    public void Damaged_replies_are_read_or_refused_without_a_crash_and_in_bounded_memory()
    {
        var random = new Random(20_261_120);
        var refused = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var (result, read) = Readers[i % Readers.Length];
            var bytes = Mutate(Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","result":{{{result}}},"id":1}"""), random);

            var limit = AllocationConstant + (AllocationFactor * bytes.Length);
            var allocated = Allocations.Of(limit, () => read(bytes), out var error);

            refused += error is null ? 0 : 1;
            Assert.True(allocated <= limit, $"input {i} of {bytes.Length} bytes allocated {allocated}: {Convert.ToBase64String(bytes)}");
        }

        // Neither everything nor nothing: the mutations reach past the envelope.
        Assert.InRange(refused, Inputs / 2, Inputs - 1000);
    }

    [Fact]
    [Trait("Category", FuzzInputs.Category)]
    public void Damaged_batches_are_read_or_refused_and_always_have_one_result_for_each_request()
    {
        var random = new Random(7);
        for (var i = 0; i < Inputs / 10; i++)
        {
            var batch = $$$"""[{"jsonrpc":"2.0","result":"{{{Sig}}}","id":0},{"jsonrpc":"2.0","error":{"code":-32003,"message":"x"},"id":1},{"jsonrpc":"2.0","result":"{{{Sig}}}","id":2}]""";
            var bytes = Mutate(Encoding.UTF8.GetBytes(batch), random);

            var read = RpcReplyReader.ReadBatch(bytes, 3, RpcJson.Default.Signature, Site);

            if (read.TryGet(out var results, out _))
            {
                Assert.Equal(3, results.Length);
            }
        }
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var mutated = new List<byte>(bytes);
        for (var times = random.Next(1, 4); times > 0 && mutated.Count > 0; times--)
        {
            var at = random.Next(mutated.Count);
            switch (random.Next(6))
            {
                case 0:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    mutated.RemoveRange(at, Math.Min(random.Next(1, 12), mutated.Count - at));
                    break;
                case 3:
                    mutated.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
                case 4:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
                default:
                    mutated.InsertRange(at, mutated.GetRange(at, Math.Min(random.Next(1, 40), mutated.Count - at)));
                    break;
            }
        }

        return [.. mutated];
    }
}
