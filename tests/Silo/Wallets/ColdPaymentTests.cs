using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cluster.Tests.Silo.Wallets.CustodyStage;
using static Cluster.Tests.Silo.Wallets.WalletChain;
using Transfer = Cluster.V1.Transfer;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Wallets whose key is kept offline.</summary>
public sealed class ColdPaymentTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private readonly SigningKey _key = SigningKey.Generate();
    private readonly string _recipient = NewAddress();
    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        await _localnet.Fund(_key.PublicKey.ToString(), 10 * Sol);
    }

    public async ValueTask DisposeAsync()
    {
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task A_payment_is_prepared_signed_elsewhere_and_sent()
    {
        await using var silo = await Life();
        await Vault(silo);

        var direct = await Refusal(() => silo.Transfer("vault", _recipient, Sol), StatusCode.FailedPrecondition);
        var prepared = await Prepare(silo, Sol);
        var transfer = await Submit(silo, prepared, Signed(prepared));
        var settled = await silo.Settled(transfer);
        var again = await Submit(silo, prepared, Signed(prepared));

        Assert.Contains("its key is kept offline", direct.Message);
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_keys"));
        Assert.Equal((prepared.PaymentId, TransferStatus.Finalized), (settled.TransferId, settled.Status));
        Assert.Equal(settled, again);
        Assert.Equal(Sol, await _localnet.Lamports(_recipient));
        Assert.Equal((9 * Sol) - settled.FeeLamports, await _localnet.Lamports(_key.PublicKey.ToString()));
    }

    [Fact]
    public async Task Every_changed_byte_of_the_message_and_every_other_signature_is_refused()
    {
        await using var silo = await Life();
        await Vault(silo);
        var prepared = await Prepare(silo, Sol);
        var signed = Signed(prepared);
        using var stranger = SigningKey.Generate();

        foreach (var at in new[] { 0, 1, 64, 65, 66, 100, signed.Length - 1 })
        {
            var changed = (byte[])signed.Clone();
            changed[at] ^= 1;
            await Refusal(() => Submit(silo, prepared, changed), StatusCode.InvalidArgument);
        }

        var resigned = (byte[])signed.Clone();
        stranger.Sign(Transaction.Message(resigned), resigned.AsSpan(1));
        await Refusal(() => Submit(silo, prepared, resigned), StatusCode.InvalidArgument);
        await Refusal(() => Submit(silo, prepared, prepared.Transaction.ToByteArray()), StatusCode.InvalidArgument);
        await Refusal(() => Submit(silo, prepared, signed[..^1]), StatusCode.InvalidArgument);
        await Refusal(() => Submit(silo, prepared, []), StatusCode.InvalidArgument);

        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_transactions"));
        Assert.Equal(10 * Sol, await _localnet.Lamports(_key.PublicKey.ToString()));
    }

    [Fact]
    public async Task A_payment_committed_and_never_sent_is_paid_once_by_the_next_life()
    {
        var first = await Life(sends: false);
        await Vault(first);
        var prepared = await Prepare(first, Sol);
        var transfer = await Submit(first, prepared, Signed(prepared));
        await first.Crash();
        Assert.Equal(0UL, await _localnet.Lamports(_recipient));

        await using var second = await Life();
        var again = await Submit(second, prepared, Signed(prepared));
        var settled = await second.Settled(again);

        Assert.Equal(transfer.TransferId, again.TransferId);
        Assert.Equal(TransferStatus.Finalized, settled.Status);
        Assert.Equal(Sol, await _localnet.Lamports(_recipient));
    }

    [Fact]
    public async Task A_death_between_preparing_and_submitting_loses_nothing()
    {
        var first = await Life();
        await Vault(first);
        var prepared = await Prepare(first, Sol);
        await first.Crash();

        await using var second = await Life();
        await second.Settled(await Submit(second, prepared, Signed(prepared)));

        Assert.Equal(Sol, await _localnet.Lamports(_recipient));
    }

    [Fact]
    public async Task One_that_can_no_longer_land_is_refused_and_prepared_anew()
    {
        await using var silo = await Life();
        await Vault(silo);
        var late = await Prepare(silo, Sol);
        await _localnet.PassSlotsAsync(400);

        var refused = await Eventually(() => Submit(silo, late, Signed(late)), StatusCode.FailedPrecondition);
        var anew = await Prepare(silo, Sol, "anew");
        await silo.Settled(await Submit(silo, anew, Signed(anew)));

        Assert.EndsWith("which has passed; prepare it anew.", refused.Message);
        Assert.Equal(Sol, await _localnet.Lamports(_recipient));
    }

    [Fact]
    public async Task What_is_in_flight_cannot_be_spent_a_second_time()
    {
        await using var silo = await Life(sends: false);
        await Vault(silo);
        var first = await Prepare(silo, 6 * Sol);
        var second = await Prepare(silo, 6 * Sol, "second");
        await Submit(silo, first, Signed(first));

        var refused = await Refusal(() => Submit(silo, second, Signed(second)), StatusCode.FailedPrecondition);

        Assert.StartsWith("insufficient funds", refused.Message);
    }

    [Fact]
    public async Task A_frozen_vault_neither_prepares_nor_submits()
    {
        await using var silo = await Life();
        await Vault(silo);
        var prepared = await Prepare(silo, Sol);
        await silo.Call<Wallet>(new FreezeWalletRequest { RequestId = "f", WalletId = "vault", Reason = "theft" });

        await Refusal(() => Prepare(silo, Sol, "other"), StatusCode.FailedPrecondition);
        await Refusal(() => Submit(silo, prepared, Signed(prepared)), StatusCode.FailedPrecondition);
    }

    private Task<Wallet> Vault(WalletSilo silo) => silo.Call<Wallet>(
        new WatchWalletRequest { RequestId = "v", WalletId = "vault", Address = _key.PublicKey.ToString(), Kind = WalletKind.Cold });

    private Task<PreparedPayment> Prepare(WalletSilo silo, ulong amount, string requestId = "prepare") => silo.Call<PreparedPayment>(
        new PreparePaymentRequest { RequestId = requestId, WalletId = "vault", Destination = _recipient, Amount = amount });

    private static Task<Transfer> Submit(WalletSilo silo, PreparedPayment payment, byte[] transaction) => silo.Call<Transfer>(
        new SubmitPaymentRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            WalletId = "vault",
            PaymentId = payment.PaymentId,
            Transaction = ByteString.CopyFrom(transaction),
        });

    /// <summary>As an offline machine signs it.</summary>
    private byte[] Signed(PreparedPayment payment)
    {
        var bytes = payment.Transaction.ToByteArray();
        Transaction.Sign(bytes, _key);
        return bytes;
    }

    private Task<WalletSilo> Life(bool sends = true) => WalletSilo.Start(
        _database,
        _localnet.Url,
        services =>
        {
            if (!sends)
            {
                services.AddSingleton<ITransactionSender>(provider => new HeldSender(provider.GetRequiredService<TransactionSender>(), sends: false));
            }
        });

    /// <summary>The blockhash cache takes a moment to learn that slots have passed.</summary>
    private static async Task<ClusterException> Eventually(Func<Task<Transfer>> call, StatusCode status)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        return await Refusal(call, status);
    }
}
