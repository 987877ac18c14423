using System.Buffers.Text;
using System.Security.Cryptography;
using Azure.Identity;
using Cluster.Silo.Keys;
using Cluster.Silo.Keys.AzureKeyVault;
using Cluster.Tests.Support.KeyVault;
using Xunit;

namespace Cluster.Tests.Silo.Keys.AzureKeyVault;

/// <summary>Against a vault that behaves as the service's documents say.</summary>
public sealed class KeyVaultTests : IAsyncLifetime
{
    private readonly byte[] _dataKey = RandomNumberGenerator.GetBytes(32);
    private KeyVaultServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await KeyVaultServer.Start();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("RSA", 256)]
    [InlineData("RSA-HSM", 256)]
    [InlineData("oct-HSM", 40)]
    public async Task A_data_key_is_wrapped_and_unwrapped_by_what_the_type_of_the_key_allows(string keyType, int wrappedLength)
    {
        var id = _server.Store.Create("wallets", keyType);
        using var provider = Vaults.Open(_server, "wallets");

        var current = await provider.GetCurrent(CancellationToken.None);
        var wrapped = await current.Wrap(_dataKey, CancellationToken.None);

        Assert.Equal(id, current.Id);
        Assert.Equal(wrappedLength, wrapped.Length);
        Assert.Equal(_dataKey, await Unwrap(provider.Find(id)!, wrapped));
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_vault_has_been_given_its_token()
    {
        var id = _server.Store.Create("wallets");
        using var provider = Vaults.Open(_server, "wallets");

        await provider.Find(id)!.Wrap(_dataKey, CancellationToken.None);
        _server.RevokeTokens();
        await provider.Find(id)!.Wrap(_dataKey, CancellationToken.None);

        var first = _server.Requests.First();
        Assert.Equal((false, ""), (first.Authorized, first.Body));
        Assert.All(_server.Requests, request => Assert.True(request.Authorized || request == first || request.Operation == "wrapkey"));
        Assert.Equal(2, _server.Count("wrapkey"));
    }

    [Fact]
    public async Task A_vault_that_asks_for_a_token_of_another_domain_gets_none()
    {
        _server.Store.Create("wallets");
        _server.ChallengedResource = "https://vault.azure.net";
        using var provider = Vaults.Open(_server, "wallets");

        var error = await Assert.ThrowsAsync<KeyException>(async () => await provider.GetCurrent(CancellationToken.None));

        Assert.Equal("127.0.0.1 asks for a token for vault.azure.net, which is another domain than its own: it gets none.", error.Message);
        Assert.DoesNotContain(_server.Requests, request => request.Authorized);
    }

    [Fact]
    public async Task A_version_that_was_replaced_and_disabled_elsewhere_gives_way_to_its_successor()
    {
        var first = _server.Store.Create("wallets");
        using var ring = new KeyEncryptionKeyRing(Vaults.Open(_server, "wallets"));
        Assert.Equal(first, (await ring.Wrap(_dataKey, CancellationToken.None)).KeyId);
        using var elsewhere = Vaults.Open(_server, "wallets");
        var second = await elsewhere.Rotate(first, CancellationToken.None);
        await elsewhere.Disable(first, CancellationToken.None);

        var (wrapped, keyId) = await ring.Wrap(_dataKey, CancellationToken.None);

        Assert.Equal(second.Id, keyId);
        Assert.Equal(_dataKey, await Unwrap(second, wrapped));
    }

    [Fact]
    public async Task A_key_that_is_disabled_and_has_no_successor_says_so()
    {
        var only = _server.Store.Create("wallets");
        using var ring = new KeyEncryptionKeyRing(Vaults.Open(_server, "wallets"));
        await ring.Wrap(_dataKey, CancellationToken.None);
        _server.Store.Enable(only, enabled: false);

        var error = await Assert.ThrowsAsync<KeyException>(async () => await ring.Wrap(_dataKey, CancellationToken.None));

        Assert.Contains("disabled", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recorded_version_unwraps_after_the_key_was_rotated()
    {
        var first = _server.Store.Create("wallets");
        using var provider = Vaults.Open(_server, "wallets");
        var wrapped = await (await provider.GetCurrent(CancellationToken.None)).Wrap(_dataKey, CancellationToken.None);

        var second = await provider.Rotate(first, CancellationToken.None);
        var again = await provider.Rotate(first, CancellationToken.None);

        Assert.NotEqual(first, second.Id);
        Assert.Equal(second.Id, again.Id);
        Assert.Equal(second.Id, (await provider.GetCurrent(CancellationToken.None)).Id);
        Assert.Equal(_dataKey, await Unwrap(provider.Find(first)!, wrapped));
        var error = await Assert.ThrowsAsync<KeyException>(() => Unwrap(provider.Find(second.Id)!, wrapped));
        Assert.Contains("BadParameter: Decryption failed.", error.Message);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task A_version_that_was_disabled_says_so_and_can_be_enabled_again()
    {
        var first = _server.Store.Create("wallets");
        using var provider = Vaults.Open(_server, "wallets");
        var wrapped = await provider.Find(first)!.Wrap(_dataKey, CancellationToken.None);
        await provider.Rotate(first, CancellationToken.None);

        await provider.Disable(first, CancellationToken.None);

        var error = await Assert.ThrowsAsync<KeyException>(() => Unwrap(provider.Find(first)!, wrapped));
        Assert.Contains("refused unwrapkey (403): Forbidden: Operation unwrapkey is not allowed on a disabled key.", error.Message);
        Assert.False(error.IsTransient);
        _server.Store.Enable(first, enabled: true);
        Assert.Equal(_dataKey, await Unwrap(provider.Find(first)!, wrapped));
    }

    [Fact]
    public async Task A_deleted_key_is_missed_with_the_way_to_recover_it_and_works_again_once_recovered()
    {
        var id = _server.Store.Create("wallets");
        using var provider = Vaults.Open(_server, "wallets", options => options.CreateKeyType = "RSA");
        var wrapped = await (await provider.GetCurrent(CancellationToken.None)).Wrap(_dataKey, CancellationToken.None);
        _server.Store.Delete("wallets");
        using var other = Vaults.Open(_server, "wallets", options => options.CreateKeyType = "RSA");

        var unwrapping = await Assert.ThrowsAsync<KeyException>(() => Unwrap(provider.Find(id)!, wrapped));
        var creating = await Assert.ThrowsAsync<KeyException>(async () => await other.GetCurrent(CancellationToken.None));

        Assert.Contains("(404): KeyNotFound: A key with (name/id) wallets was not found", unwrapping.Message);
        Assert.Contains("az keyvault key recover", unwrapping.Message);
        Assert.Contains("(409): Conflict: Key wallets is currently in a deleted but recoverable state", creating.Message);
        _server.Store.Recover("wallets");
        Assert.Equal(_dataKey, await Unwrap(provider.Find(id)!, wrapped));
    }

    [Fact]
    public async Task A_missing_key_is_made_only_where_the_operator_asked_for_it()
    {
        using var without = Vaults.Open(_server, "wallets");
        await Assert.ThrowsAsync<KeyException>(async () => await without.GetCurrent(CancellationToken.None));

        using var with = Vaults.Open(_server, "wallets", options => options.CreateKeyType = "RSA");
        var made = await with.GetCurrent(CancellationToken.None);

        Assert.Equal(made.Id, (await without.GetCurrent(CancellationToken.None)).Id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    public async Task In_a_storm_where_half_of_all_replies_are_429_every_data_key_comes_back(string? retryAfter)
    {
        var id = _server.Store.Create("wallets", "oct-HSM");
        _server.Interfere = _ => Task.FromResult(Random.Shared.Next(2) == 0 ? VaultReply.Throttled(retryAfter) : null);
        using var provider = Vaults.Open(_server, "wallets");
        var key = provider.Find(id)!;

        var dataKeys = Enumerable.Range(0, 300).Select(_ => RandomNumberGenerator.GetBytes(32)).ToArray();
        var unwrapped = await Task.WhenAll(dataKeys.Select(async dataKey => await Unwrap(key, await key.Wrap(dataKey, CancellationToken.None))));

        Assert.Equal(dataKeys, unwrapped);
    }

    [Fact]
    public async Task A_vault_that_stays_busy_is_given_up_in_the_end_as_something_that_passes()
    {
        _server.Store.Create("wallets");
        _server.Interfere = _ => Task.FromResult<VaultReply?>(VaultReply.Throttled());
        using var provider = Vaults.Open(_server, "wallets", options => options.MaxAttempts = 4);

        var error = await Assert.ThrowsAsync<KeyException>(async () => await provider.GetCurrent(CancellationToken.None));

        Assert.True(error.IsTransient);
        Assert.Contains("too busy for get (429, 4 attempts): Throttled: Request was not processed", error.Message);
        Assert.Equal(4, _server.Count("get"));
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_in_time_is_asked_again()
    {
        var id = _server.Store.Create("wallets", "oct-HSM");
        var hanging = new TaskCompletionSource<VaultReply?>();
        var held = 0;
        _server.Interfere = request => request.Operation == "wrapkey" && Interlocked.Increment(ref held) <= 2 ? hanging.Task : Task.FromResult<VaultReply?>(null);
        using var provider = Vaults.Open(_server, "wallets", options => options.RequestTimeout = TimeSpan.FromMilliseconds(300));

        var wrapped = await provider.Find(id)!.Wrap(_dataKey, CancellationToken.None);

        Assert.Equal(_dataKey, await Unwrap(provider.Find(id)!, wrapped));
        hanging.SetResult(null);
    }

    [Fact]
    public async Task A_hundred_unwraps_of_one_data_key_at_once_are_one_request_though_most_give_up()
    {
        var id = _server.Store.Create("wallets", "oct-HSM");
        using var provider = Vaults.Open(_server, "wallets");
        var key = provider.Find(id)!;
        var wrapped = await key.Wrap(_dataKey, CancellationToken.None);
        var answer = new TaskCompletionSource<VaultReply?>();
        _server.Interfere = _ => answer.Task;
        using var impatient = new CancellationTokenSource();

        var all = Enumerable.Range(0, 100).Select(n => Unwrap(key, wrapped, n % 10 == 0 ? CancellationToken.None : impatient.Token)).ToList();
        await impatient.CancelAsync();
        answer.SetResult(null);

        for (var n = 0; n < all.Count; n++)
        {
            if (n % 10 == 0)
            {
                Assert.Equal(_dataKey, await all[n]);
            }
            else
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => all[n]);
            }
        }

        Assert.Equal(1, _server.Count("unwrapkey"));
        Assert.Equal(_dataKey, await Unwrap(key, wrapped));
        Assert.Equal(2, _server.Count("unwrapkey"));
    }

    [Fact]
    public async Task A_newer_version_made_by_somebody_else_is_noticed_without_anybody_waiting_for_it()
    {
        _server.Store.Create("wallets");
        using var provider = Vaults.Open(_server, "wallets", options => options.RefreshPeriod = TimeSpan.FromTicks(1));
        await provider.GetCurrent(CancellationToken.None);
        var second = _server.Store.Create("wallets");
        var looked = new TaskCompletionSource();
        _server.Interfere = _ =>
        {
            looked.TrySetResult();
            return Task.FromResult<VaultReply?>(null);
        };

        Assert.NotEqual(second, (await provider.GetCurrent(CancellationToken.None)).Id);
        await looked.Task;
        while ((await provider.GetCurrent(CancellationToken.None)).Id != second)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task The_identity_of_a_client_with_a_secret_opens_the_vault_and_a_wrong_secret_is_named()
    {
        _server.Store.Create("wallets");
        var options = new ClientSecretCredentialOptions { AuthorityHost = _server.Url, DisableInstanceDiscovery = true, Transport = _server.Transport() };
        using var right = Vaults.Open(_server, "wallets", credential: new ClientSecretCredential(KeyVaultServer.Tenant, _server.Client.Id, _server.Client.Secret, options));
        using var wrong = Vaults.Open(_server, "wallets", credential: new ClientSecretCredential(KeyVaultServer.Tenant, _server.Client.Id, "guess", options));

        await right.GetCurrent(CancellationToken.None);
        var error = await Assert.ThrowsAsync<KeyException>(async () => await wrong.GetCurrent(CancellationToken.None));

        Assert.StartsWith($"The identity for {_server.KeyUrl("wallets")} cannot be proved", error.Message);
        Assert.EndsWith("AADSTS7000215: Invalid client secret provided.", error.Message);
    }

    [Theory]
    [InlineData("http://acme.vault.azure.net/keys/wallets")]
    [InlineData("https://acme.vault.azure.net")]
    [InlineData("https://acme.vault.azure.net/keys/wal lets")]
    [InlineData("https://acme.vault.azure.net/secrets/wallets")]
    [InlineData("https://acme.vault.azure.net/keys/wallets/0a1b")]
    [InlineData("")]
    public void What_is_no_key_of_a_vault_is_refused(string url)
    {
        var error = Assert.Throws<KeyException>(() => KeyAddress.Parse(url, "Cluster:Keys:AzureKeyVault:KeyUrl"));

        Assert.StartsWith($"Cluster:Keys:AzureKeyVault:KeyUrl is '{url}': it must be the URL of a key", error.Message);
    }

    [Theory]
    [InlineData("https://acme.vault.azure.net/keys/wallets/0a1b", "0a1b")]
    [InlineData("https://acme.vault.azure.net/keys/wallets/../other/0a1b", null)]
    [InlineData("https://acme.vault.azure.net/keys/wallets/", null)]
    [InlineData("https://acme.vault.azure.net/keys/wallets2/0a1b", null)]
    [InlineData("https://mallory.example/keys/wallets/0a1b", null)]
    [InlineData("local:0a1b", null)]
    public void Only_ids_of_the_configured_key_lead_to_the_vault(string id, string? version)
    {
        KeyAddress.Parse("https://acme.vault.azure.net/keys/wallets", "test").TryGetVersion(id, out var read);

        Assert.Equal(version, read);
    }

    [Fact]
    public void A_hundred_thousand_damaged_replies_are_read_without_an_exception()
    {
        var random = new Random(20261120);
        var reply = System.Text.Encoding.UTF8.GetBytes($$"""{"kid":"https://acme.vault.azure.net/keys/wallets/0a1b","value":"{{Base64Url.EncodeToString(_dataKey)}}"}""");
        var value = new byte[1_024];
        for (var i = 0; i < 100_000; i++)
        {
            var damaged = reply[..random.Next(reply.Length + 1)];
            for (var flips = random.Next(4); flips > 0 && damaged.Length > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            KeyOperationJson.ReadValue(damaged, value);
        }

        Assert.Equal(32, KeyOperationJson.ReadValue(reply, value));
        Assert.Equal(_dataKey, value[..32]);
    }

    private static async Task<byte[]> Unwrap(IKeyEncryptionKey key, byte[] wrapped, CancellationToken cancellationToken = default)
    {
        var dataKey = new byte[32];
        await key.Unwrap(wrapped, dataKey, cancellationToken);
        return dataKey;
    }
}
