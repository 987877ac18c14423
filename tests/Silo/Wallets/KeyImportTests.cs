using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Xunit;
using static Cluster.Tests.Silo.Wallets.CustodyStage;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Keys that come from outside, and go there.</summary>
public sealed class KeyImportTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;
    private WalletSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        _silo = await WalletSilo.Start(_database, _localnet.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_imported_wallet_has_the_address_of_its_words_pays_and_gives_the_same_key_back()
    {
        using var words = Mnemonic.Parse("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about");
        var seed = new byte[Mnemonic.SeedSize];
        words.CopySeedTo("", seed);
        using var key = Slip10.Derive(seed, DerivationPath.OfAccount(0));

        var wallet = await _silo.Import("phantom", key.SecretKey(), key.PublicKey.ToString(), path: "m/44'/501'/0'/0'");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        var recipient = NewAddress();
        await _silo.Settled(await _silo.Transfer("phantom", recipient, Sol));

        Assert.Equal(("HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk", WalletKind.Imported), (wallet.Address, wallet.Kind));
        Assert.Equal("m/44'/501'/0'/0'", wallet.DerivationPath);
        Assert.Equal(Sol, await _localnet.Lamports(recipient));
        Assert.Equal(key.SecretKey(), await _silo.Export("phantom"));
        Assert.Equal(
            "high", await _database.Scalar<string>("select severity from audit_log where operation = 'wallet.export_key'"));
    }

    [Fact]
    public async Task A_seed_without_its_public_half_is_enough()
    {
        using var key = SigningKey.Generate();

        var wallet = await _silo.Import("seeded", key.SecretKey()[..SigningKey.SeedSize]);

        Assert.Equal(key.PublicKey.ToString(), wallet.Address);
    }

    [Fact]
    public async Task A_public_half_that_does_not_fit_a_key_of_zeros_and_another_address_are_refused_and_leave_nothing()
    {
        using var key = SigningKey.Generate();
        using var other = SigningKey.Generate();
        var torn = key.SecretKey();
        other.PublicKey.CopyTo(torn.AsSpan(SigningKey.SeedSize));

        var misfit = await Refusal(() => _silo.Import("a", torn), StatusCode.InvalidArgument);
        var zeros = await Refusal(() => _silo.Import("a", new byte[32]), StatusCode.InvalidArgument);
        var address = await Refusal(() => _silo.Import("a", key.SecretKey(), other.PublicKey.ToString()), StatusCode.InvalidArgument);
        await Refusal(() => _silo.Import("a", new byte[33]), StatusCode.InvalidArgument);
        await Refusal(() => _silo.Import("a", key.SecretKey(), path: "m/44"), StatusCode.InvalidArgument);
        await Refusal(() => _silo.Import("a", key.SecretKey(), parent: "ghost"), StatusCode.NotFound);

        Assert.StartsWith("the public half of the secret key does not belong to its seed", misfit.Message);
        Assert.Equal("the key is all zeros: everybody knows it.", zeros.Message);
        Assert.Equal($"address is {other.PublicKey}, but the key is that of {key.PublicKey}.", address.Message);
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_keys"));
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallets"));
    }

    [Fact]
    public async Task A_wallet_that_is_there_already_is_refused_by_id_and_by_address()
    {
        using var key = SigningKey.Generate();
        await _silo.Import("first", key.SecretKey());

        var id = await Refusal(() => _silo.Seal("first", key.SecretKey()), StatusCode.AlreadyExists);
        var address = await Refusal(() => _silo.Import("second", key.SecretKey()), StatusCode.AlreadyExists);
        await Refusal(
            () => _silo.Call<Wallet>(new WatchWalletRequest { RequestId = "w", WalletId = "third", Address = key.PublicKey.ToString() }),
            StatusCode.AlreadyExists);

        Assert.Equal("there is a wallet first already; choose another wallet_id.", id.Message);
        Assert.Equal($"there is a wallet with the address {key.PublicKey} already.", address.Message);
    }

    [Fact]
    public async Task A_secret_sealed_for_another_wallet_or_sent_a_second_time_does_not_open()
    {
        using var key = SigningKey.Generate();
        var misdirected = await _silo.Seal("a", key.SecretKey(), sealedFor: "b");
        await Refusal(() => _silo.Import("a", misdirected), StatusCode.FailedPrecondition);

        var sealedSecret = await _silo.Seal("c", key.SecretKey());
        await _silo.Import("c", sealedSecret);

        await Refusal(() => _silo.Import("d", sealedSecret), StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task A_death_between_asking_and_importing_leaves_nothing_and_one_after_the_import_gives_the_first_answer()
    {
        using var key = SigningKey.Generate();
        var sealedSecret = await _silo.Seal("treasury", key.SecretKey());
        await _silo.Crash();

        var second = await WalletSilo.Start(_database, _localnet.Url);
        var gone = await Refusal(() => second.Import("treasury", sealedSecret), StatusCode.FailedPrecondition);
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_keys"));
        var anew = await second.Seal("treasury", key.SecretKey());
        var wallet = await second.Import("treasury", anew);
        await second.Crash();

        _silo = await WalletSilo.Start(_database, _localnet.Url);
        var again = await _silo.Import("treasury", anew);

        Assert.EndsWith("call PrepareImport again and seal it to that one.", gone.Message);
        Assert.Equal(wallet, again);
        Assert.Equal(key.SecretKey(), await _silo.Export("treasury"));
    }

    [Fact]
    public async Task An_import_whose_commit_fails_leaves_neither_key_nor_wallet()
    {
        using var key = SigningKey.Generate();
        var sealedSecret = await _silo.Seal("treasury", key.SecretKey());
        await _database.Execute(
            "create function fail() returns trigger language plpgsql as $$ begin raise exception 'worst moment' using errcode = '57P01'; end $$; "
            + "create trigger worst before insert on requests for each row execute function fail()");

        await Assert.ThrowsAsync<ClusterException>(() => _silo.Import("treasury", sealedSecret));
        await _database.Execute("drop trigger worst on requests");

        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_keys"));
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallets"));
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from audit_log"));
        Assert.Equal(key.PublicKey.ToString(), (await _silo.Import("treasury", key.SecretKey())).Address);
    }

    [Fact]
    public async Task An_export_to_something_that_is_no_key_is_refused()
    {
        await _silo.CreateWallet("treasury");

        var error = await Refusal(
            () => _silo.Call<ExportKeyReply>(new ExportKeyRequest { RequestId = "e", WalletId = "treasury", RecipientPublicKey = ByteString.CopyFrom(new byte[32]) }),
            StatusCode.InvalidArgument);

        Assert.StartsWith("recipient_public_key is no X25519 key", error.Message);
    }
}
