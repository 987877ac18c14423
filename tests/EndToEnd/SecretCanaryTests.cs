using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Cluster.Silo.Storage.Wallets;
using Cluster.Solana;
using Cluster.Tests.Silo.Wallets;
using Cluster.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SimpleBase;
using Xunit;

namespace Cluster.Tests.EndToEnd;

/// <summary>
/// A cluster as it is shipped, told to log everything, is used and misused; then every secret of it is searched for in all
/// that an operator, a caller or a thief of the database may come to see.
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed partial class SecretCanaryTests : IAsyncLifetime
{
    private readonly Dictionary<string, SecretSearch> _secrets = [];
    private readonly StringBuilder _replies = new();
    private readonly List<string> _arguments = [];
    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;
    private ClusterProcess _cluster = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        _cluster = await ClusterProcess.Start(
            _database,
            _localnet,
            ("Logging__LogLevel__Default", "Trace"),
            ("Logging__LogLevel__Microsoft", "Trace"),
            ("Logging__Console__LogLevel__Default", "Trace"));
        _http = new HttpClient { BaseAddress = _cluster.HttpAddress };
        await LiveAWholeLife();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cluster.DisposeAsync();
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task No_secret_is_in_logs_metrics_error_replies_audit_rows_arguments_or_a_dump_of_the_database()
    {
        var places = await Places();

        Assert.Contains("dbug: ", places["log"], StringComparison.Ordinal);
        Assert.Contains("cluster_", places["metrics"], StringComparison.Ordinal);
        Assert.Contains("insert into public.audit_log", places["dump"], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("insert into public.wallet_keys", places["dump"], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("cluster-gateway", places["arguments"], StringComparison.Ordinal);
        Assert.Contains("insufficient funds", places["replies"], StringComparison.Ordinal);
        Assert.Equal(8, _secrets.Count);
        foreach (var (place, text) in places)
        {
            Assert.All(_secrets, secret => Assert.False(secret.Value.IsIn(text), $"the {secret.Key} is in the {place}"));
        }
    }

    [Fact]
    public async Task The_search_finds_each_secret_where_it_was_planted()
    {
        foreach (var (name, secret) in _secrets)
        {
            await using var planted = new PlantedRow(_database, secret.Writings[1]);
            await planted.Insert();
            Assert.True(secret.IsIn((await Places())["dump"]), $"the {name} was planted and not found");
        }
    }

    private async Task LiveAWholeLife()
    {
        await CommandLine.Run(_cluster, "wallet", "create", "treasury", "--kind", "treasury");
        await Call("Wallets/Transfer", """{"requestId":"r-1","walletId":"treasury","destination":"ADDRESS","amount":"5000000000"}""".Replace("ADDRESS", WalletChain.NewAddress(), StringComparison.Ordinal));
        await Call("Wallets/Transfer", """{"requestId":"r-2","walletId":"treasury","destination":"nonsense","amount":"5"}""");
        await Call("Wallets/GetWallet", "{\"walletId\":");
        await Call("Wallets/GetWallet", """{"walletId":"ghost"}""");
        await Call("Wallets/GetWallet", """{"walletId":"treasury"}""", _cluster.AdministratorKey[..^1] + (_cluster.AdministratorKey[^1] == '0' ? '1' : '0'));

        var made = JsonNode.Parse(await Call("ApiKeys/CreateApiKey", """{"requestId":"k-1","keyId":"00c0ffee00c0ffee","principalId":"PRINCIPAL","name":"canary"}""".Replace("PRINCIPAL", AdministratorId, StringComparison.Ordinal), keep: false))!;
        var enrolled = JsonNode.Parse(await Call("SecondFactors/EnrollSecondFactor", """{"requestId":"s-1","principalId":"PRINCIPAL"}""".Replace("PRINCIPAL", AdministratorId, StringComparison.Ordinal), keep: false))!;
        Keep("administrator's key", Encoding.ASCII.GetBytes(_cluster.AdministratorKey[^64..]));
        Keep("administrator's key in binary", Convert.FromHexString(_cluster.AdministratorKey[^64..]));
        Keep("API key that was made", Encoding.ASCII.GetBytes(ApiKeySecret().Match(made.ToJsonString()).Groups["secret"].Value));
        var seed = TotpSecret().Match(enrolled.ToJsonString()).Groups["secret"].Value;
        Keep("seed of the second factor", Base32.Rfc4648.Decode(seed));
        Keep("seed of the second factor as text", Encoding.ASCII.GetBytes(seed));
        Keep("key-encryption key", Convert.FromHexString(ClusterProcess.WalletEncryptionKey));
        Keep("key of the audit log", Convert.FromHexString(TestAuditKeys.Text));
        Keep("private key of a wallet", await SeedOf("treasury"));
        _arguments.AddRange(ProcessArguments.Now());
    }

    private string AdministratorId => _cluster.AdministratorKey.Split('_')[1];

    private async Task<Dictionary<string, string>> Places()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _cluster.AdministratorKey);
        using var metrics = await _http.SendAsync(request);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["log"] = _cluster.Output,
            ["metrics"] = await metrics.Content.ReadAsStringAsync(),
            ["replies"] = _replies.ToString(),
            ["audit rows"] = (await CommandLine.Run(_cluster, "audit", "query", "--json")).Output,
            ["arguments"] = string.Join('\n', _arguments),
            ["dump"] = await DatabaseDump.Of(_database),
        };
    }

    private void Keep(string name, byte[] secret)
    {
        Assert.True(secret.Length >= 16, $"the {name} is too short to be searched for");
        _secrets[name] = new SecretSearch(secret);
    }

    private async Task<string> Call(string operation, string body, string? key = null, bool keep = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{operation}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? _cluster.AdministratorKey);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (keep)
        {
            _replies.AppendLine(text);
        }

        return text;
    }

    private async Task<byte[]> SeedOf(string walletId)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:Cluster"] = _database.ConnectionString,
                [KeyOptions.LocalKeySetting] = ClusterProcess.WalletEncryptionKey,
                [AuditKeyRing.KeySetting] = TestAuditKeys.Text,
            })
            .Build();
        await using var services = new ServiceCollection().AddLogging().AddStorage(configuration).AddKeys(configuration).BuildServiceProvider();
        var sealedKey = await services.GetRequiredService<WalletKeyStore>().Find(walletId, CancellationToken.None);
        using var key = await services.GetRequiredService<KeyEnvelope>().Open(sealedKey!, CancellationToken.None);
        var seed = new byte[SigningKey.SeedSize];
        key.CopySeedTo(seed);
        return seed;
    }

    [GeneratedRegex("cluster_[0-9a-f]{16}_(?<secret>[0-9a-f]{64})", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex ApiKeySecret();

    [GeneratedRegex("secret=(?<secret>[A-Z2-7]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex TotpSecret();

    /// <summary>A row with a secret in it, as carelessness might leave one; gone when disposed.</summary>
    private sealed class PlantedRow(TestDatabase database, string writing) : IAsyncDisposable
    {
        public Task Insert() => database.Execute($"create table careless as select '{writing}'::text as note");

        public async ValueTask DisposeAsync() => await database.Execute("drop table careless");
    }
}
