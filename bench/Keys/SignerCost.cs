using System.Diagnostics;
using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cluster.Bench.Keys;

/// <summary>Signatures through signer grains of the embedded host, a message a call, beside the Ed25519 operation itself.</summary>
internal sealed class SignerCost : Benchmark
{
    private const int Callers = 256;
    private const int SignaturesEach = 200;
    private const double AtMostTimes = 1.5;

    private static readonly Call Call = Call.System("bench");

    public override string Name => "signer";

    public override string Figure => $"signatures a second through signer grains, {Callers} callers over {Callers} wallets, a message a call";

    public override string Reference => $"the Ed25519 operation itself, {Callers} callers";

    public override string Bound => $"{1 / AtMostTimes:N2} × (a signature costs at most {AtMostTimes} ×)";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        using var host = BuildHost();
        await host.StartAsync(cancellationToken);
        var grains = host.Services.GetRequiredService<IGrains>();
        var wallets = await Task.WhenAll(Enumerable.Range(0, Callers).Select(number => Open(grains, $"bench-signer-{number}")));
        using var key = SigningKey.Generate();
        var comparison = await Comparison.Of(
            () => Rate(caller => SignThroughGrain(grains, wallets[caller])),
            () => Rate(_ => SignDirectly(key, wallets[0].Message)));
        await host.StopAsync(cancellationToken);
        return comparison.Row(1 / AtMostTimes, "signatures/s");
    }

    private static async Task<double> Rate(Func<int, Task> sign)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => sign(caller))));
        return (double)Callers * SignaturesEach / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task SignThroughGrain(IGrains grains, (string Id, byte[] Message) wallet)
    {
        for (var count = 0; count < SignaturesEach; count++)
        {
            var request = new SignMessagesRequest { WalletId = wallet.Id, Messages = { UnsafeByteOperations.UnsafeWrap(wallet.Message) } };
            await grains.Call<SignMessagesReply>(request, Call);
        }
    }

    /// <summary>A key of the caller's own, as each signer has one.</summary>
    private static Task SignDirectly(SigningKey key, byte[] message)
    {
        using var own = CopyOf(key);
        var signature = new byte[Signature.Size];
        for (var count = 0; count < SignaturesEach; count++)
        {
            own.Sign(message, signature);
        }

        return Task.CompletedTask;
    }

    private static SigningKey CopyOf(SigningKey key)
    {
        using var seed = new SecretBytes(SigningKey.SeedSize);
        key.CopySeedTo(seed.Span);
        return SigningKey.FromSeed(seed.Span);
    }

    private static async Task<(string Id, byte[] Message)> Open(IGrains grains, string walletId)
    {
        var address = PublicKey.FromBytes((await grains.Call<CreateKeyReply>(new CreateKeyRequest { WalletId = walletId }, Call)).PublicKey.Span);
        return (walletId, Message(address));
    }

    private static byte[] Message(in PublicKey payer)
    {
        var builder = new TransactionBuilder(payer);
        SystemProgram.Transfer(ref builder, payer, PublicKey.Parse("Vote111111111111111111111111111111111111111"), 1);
        var transaction = new byte[Transaction.MaxSize];
        var size = builder.Write(Blockhash.FromBytes(new byte[Blockhash.Size]), transaction);
        return Transaction.Message(transaction.AsSpan(0, size)).ToArray();
    }

    private static IHost BuildHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.Services
            .AddStorage(builder.Configuration)
            .AddKeys(builder.Configuration)
            .AddSigners()
            .AddContract(SignersReflection.Descriptor)
            .AddEmbeddedHost();
        return builder.Build();
    }
}
