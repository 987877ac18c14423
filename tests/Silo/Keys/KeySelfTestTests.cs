using Cluster.Silo.Grains.Signers;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Local;
using Cluster.Silo.Storage;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.Silo.Keys;

public sealed class KeySelfTestTests : IAsyncLifetime
{
    private const string First = "b3f5a1c2d4e6978812345678deadbeefcafebabe00112233445566778899aabb";
    private const string Second = "c4f5a1c2d4e6978812345678deadbeefcafebabe00112233445566778899aabb";

    private const string Third = "d4f5a1c2d4e6978812345678deadbeefcafebabe00112233445566778899aabb";

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await (await PostgresServer.Shared()).CreateEmptyDatabase();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task The_right_key_lets_the_process_start_again_and_again()
    {
        await StartAndMakeAWallet(First);

        await StartAndMakeAWallet(First);
    }

    [Fact]
    public async Task A_missing_key_stops_the_start_with_a_sentence_that_says_how_to_make_one()
    {
        var error = await Assert.ThrowsAsync<KeyException>(() => StartAndMakeAWallet(null));

        Assert.StartsWith("WALLET_ENCRYPTION_KEY is not set", error.Message);
        Assert.Contains("cluster keys generate", error.Message);
    }

    [Fact]
    public async Task A_wrong_key_stops_the_start_before_it_can_make_wallets()
    {
        await StartAndMakeAWallet(First);

        var error = await Assert.ThrowsAsync<KeyException>(() => StartAndMakeAWallet(Second));

        Assert.Contains("1 wallets' keys in this database are wrapped under local:", error.Message);
        Assert.Contains("Set WALLET_ENCRYPTION_KEY to the key that this database was made with", error.Message);
        Assert.DoesNotContain(First, error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Second, error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_replaced_key_still_opens_what_it_wrapped_where_it_is_named_as_a_former_one()
    {
        await StartAndMakeAWallet(First);

        await StartAndMakeAWallet(Second, (KeyOptions.FormerKeysSetting, First));
        await StartAndMakeAWallet(Second, (KeyOptions.FormerKeysSetting, $"{Third}, {First}"));
    }

    [Fact]
    public async Task A_lost_key_lets_the_process_start_only_where_the_operator_says_so()
    {
        await StartAndMakeAWallet(First);

        await StartAndMakeAWallet(Second, ("Cluster:Keys:StartWithoutFormerKeys", "true"));
    }

    [Fact]
    public async Task A_key_of_a_password_moves_to_a_random_key_with_both_configured()
    {
        (string, string)[] password = [(KeyOptions.PasswordSetting, "correct horse battery"), (KeyOptions.SaltSetting, "0123456789abcdef")];
        await StartAndMakeAWallet(null, password);

        await StartAndMakeAWallet(null, password);
        await StartAndMakeAWallet(First, password);
        var error = await Assert.ThrowsAsync<KeyException>(() => StartAndMakeAWallet(First));

        Assert.Contains("which this process does not have", error.Message);
    }

    [Theory]
    [InlineData("correct horse battery", null, "ENCRYPTION_SALT is not set")]
    [InlineData("correct horse battery", "salt", "ENCRYPTION_SALT has 4 characters")]
    [InlineData("short", "0123456789abcdef", "MASTER_PASSWORD has 5 characters")]
    [InlineData(null, "0123456789abcdef", "MASTER_PASSWORD is not set")]
    public async Task A_password_or_salt_that_is_missing_or_short_is_named_and_not_repeated(string? password, string? salt, string reason)
    {
        var error = await Assert.ThrowsAsync<KeyException>(() =>
            StartAndMakeAWallet(null, (KeyOptions.PasswordSetting, password!), (KeyOptions.SaltSetting, salt!)));

        Assert.StartsWith(reason, error.Message);
        Assert.DoesNotContain("correct horse battery", error.Message);
    }

    /// <summary>Vectors of Python's hashlib.pbkdf2_hmac("sha256", …, 600000).</summary>
    [Fact]
    public void A_password_gives_the_key_that_other_implementations_make_of_it()
    {
        using var key = PasswordKey.Derive("correct horse battery", "0123456789abcdef", 600_000);

        Assert.Equal("16cb1405f207ab5113b3afbeb6cad2d02ca8caf6d13a76f52fd93e6b43bec1e1", Convert.ToHexStringLower(key.Span));
    }

    [Theory]
    [InlineData("Cluster:Keys:Provider", "paper")]
    [InlineData("Cluster:Keys:Pbkdf2Iterations", "599999")]
    public async Task What_no_key_is_made_with_is_refused(string option, string value)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAndMakeAWallet(First, (option, value)));

        Assert.Contains(option.Split(':')[^1], error.Message);
    }

    private async Task StartAndMakeAWallet(string? key, params (string Key, string Value)[] more)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Cluster"] = _database.ConnectionString,
            ["AUDIT_HMAC_KEY"] = TestAuditKeys.Text,
            [KeyOptions.LocalKeySetting] = key,
        });
        builder.Configuration.AddInMemoryCollection(more.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddKeys(builder.Configuration).AddStorage(builder.Configuration).AddSigners();
        using var host = builder.Build();
        await host.StartAsync();
        var signer = ActivatorUtilities.CreateInstance<SignerGrain>(host.Services);
        await signer.CreateKey(new CreateKeyRequest { WalletId = "treasury" }, new Call(Caller.System("test"), "test"));
        await host.StopAsync();
    }
}
