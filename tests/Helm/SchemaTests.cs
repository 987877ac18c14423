using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Helm;

/// <summary>What the schema says, takes and refuses.</summary>
public sealed partial class SchemaTests
{
    [Theory]
    [InlineData("image.repository=null", "at '/image/repository': got null, want string")]
    [InlineData("image.tag=null", "at '/image/tag': got null, want string")]
    [InlineData("image.tag=not a tag", "at '/image/tag': 'not a tag' does not match pattern")]
    [InlineData("image.digest=sha256:12", "at '/image/digest': 'sha256:12' does not match pattern")]
    [InlineData("database.existingSecret.name=null", "at '/database/existingSecret/name': got null, want string")]
    [InlineData("keys.existingSecret.name=null", "at '/keys/existingSecret/name': got null, want string")]
    [InlineData("gateway.tls.existingSecret.name=null", "at '/gateway/tls/existingSecret/name': got null, want string")]
    [InlineData("solana.endpoints=null", "at '/solana'")]
    [InlineData("solana.network=moonnet", "at '/solana/network': value must be one of 'MainnetBeta', 'Testnet', 'Devnet', 'Localnet'")]
    [InlineData("keys.provider=paper", "at '/keys/provider': value must be one of 'local', 'azure-key-vault'")]
    [InlineData("keys.provider=azure-key-vault", "at '/keys/keyVault': missing property 'keyUrl'")]
    [InlineData("keys.provider=azure-key-vault", "at '/keys/workloadIdentity/enabled': value must be true")]
    [InlineData("keys.keyVault.keyUrl=http://acme.vault.azure.net/keys/wallets", "at '/keys/keyVault/keyUrl'")]
    [InlineData("keys.workloadIdentity.enabled=true", "at '/keys/workloadIdentity/clientId'")]
    [InlineData("work.replicas=0", "at '/work/replicas': minimum: got 0, want 1")]
    [InlineData("work.replica=3", "at '/work': additional properties 'replica' not allowed")]
    [InlineData("work.updateStrategy.maxUnavailable=0", "at '/work/updateStrategy': 'not' failed")]
    [InlineData("work.resources.limits.memory=null", "at '/work/resources/limits': missing property 'memory'")]
    [InlineData("work.resources.requests.cpu=much", "at '/work/resources/requests/cpu': 'much' does not match pattern")]
    [InlineData("signer.terminationGracePeriodSeconds=20", "at '/signer/terminationGracePeriodSeconds': minimum: got 20, want 25")]
    [InlineData("gateway.listenAddress=localhost", "at '/gateway/listenAddress': value must be one of")]
    [InlineData("gateway.tls.clientCertificates=Require", "at '/gateway/tls/clientCertificates': value must be one of 'None', 'Allow'")]
    [InlineData("gateway.tls.existingSecret.clientAuthoritiesKey=ca.crt", "at '/gateway/tls/existingSecret': 'not' failed")]
    [InlineData("gateway.httpPort=443", "at '/gateway/httpPort': minimum: got 443, want 1,024")]
    [InlineData("monitoring.podMonitor.enabled=true", "at '/monitoring/podMonitor/existingSecret': missing property 'name'")]
    [InlineData("networkpolicy.enabled=false", "additional properties 'networkpolicy' not allowed")]
    [InlineData("work.podLabels.app\\.kubernetes\\.io/component=signer", "invalid propertyName 'app.kubernetes.io/component'")]
    public async Task What_cannot_be_used_is_refused_by_its_place(string value, string message)
    {
        var answer = await Chart.TryRenderAsync("minimal", value);

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains(message, answer.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("database.connectionString=Password=x", "at '/database': additional properties 'connectionString' not allowed")]
    [InlineData("database.password=x", "at '/database': additional properties 'password' not allowed")]
    [InlineData("keys.walletEncryptionKey=AAAA", "at '/keys': additional properties 'walletEncryptionKey' not allowed")]
    [InlineData("solana.endpoints[0].url=https://rpc.example.com/key", "at '/solana/endpoints/0': additional properties 'url' not allowed")]
    [InlineData("gateway.tls.privateKey=x", "at '/gateway/tls': additional properties 'privateKey' not allowed")]
    [InlineData("database.existingSecret.name=Host=db;Password=x", "at '/database/existingSecret/name'")]
    [InlineData("options.ConnectionStrings__Cluster=Host", "invalid propertyName 'ConnectionStrings__Cluster'")]
    [InlineData("options.Cluster__Database=Host", "invalid propertyName 'Cluster__Database'")]
    [InlineData("work.options.Cluster__Storage__ConnectionString=Host", "invalid propertyName 'Cluster__Storage__ConnectionString'")]
    [InlineData("gateway.options.Cluster__Solana__Endpoints__0__Url=https://rpc", "invalid propertyName 'Cluster__Solana__Endpoints__0__Url'")]
    [InlineData("signer.options.WALLET_ENCRYPTION_KEY=AAAA", "invalid propertyName 'WALLET_ENCRYPTION_KEY'")]
    [InlineData("options.SOLANA_RPC_URL=https://rpc", "invalid propertyName 'SOLANA_RPC_URL'")]
    public async Task A_secret_is_refused_wherever_it_is_given(string value, string message)
    {
        var answer = await Chart.TryRenderAsync("minimal", value);

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains(message, answer.Errors, StringComparison.Ordinal);
        Assert.Empty(answer.Output);
    }

    [Fact]
    public async Task Without_values_it_says_everything_that_must_be_given()
    {
        var answer = await HelmProgram.RunAsync("template", Chart.Release, Chart.Folder);

        Assert.NotEqual(0, answer.ExitCode);
        foreach (var place in new[] { "'/image': missing property 'repository'", "'/database/existingSecret'", "'/solana/endpoints'", "'/keys/existingSecret'", "'/audit/existingSecret'", "'/secondFactors/existingSecret'", "'/gateway/tls/existingSecret'" })
        {
            Assert.Contains(place, answer.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_value_has_a_title_and_a_sentence_that_describes_it() => Assert.All(Values(Chart.Schema, ""), value =>
    {
        Assert.False(string.IsNullOrWhiteSpace((string?)value.Schema["title"]), $"{value.Path} has no title");
        Assert.EndsWith(".", (string?)value.Schema["description"] ?? $"{value.Path} has no description", StringComparison.Ordinal);
    });

    [Fact]
    public void What_is_not_described_is_refused_at_every_level() => Assert.All(Values(Chart.Schema, "").Where(value => value.Schema["properties"] is not null), value =>
        Assert.True(value.Schema["additionalProperties"]?.GetValueKind() == System.Text.Json.JsonValueKind.False, $"{value.Path} takes anything"));

    [Fact]
    public async Task Options_come_to_the_processes_under_their_names_and_a_component_s_own_win()
    {
        var chart = await Chart.RenderAsync("minimal", "options.Cluster__Wallets__MaxInFlight=8192", "options.Cluster__Limits__MaxConnections=5", "gateway.options.Cluster__Limits__MaxConnections=7");

        Assert.All(chart.Serving, pod => Assert.Equal("8192", pod.Environment["Cluster__Wallets__MaxInFlight"]));
        Assert.Equal("5", chart.Component("work").Environment["Cluster__Limits__MaxConnections"]);
        Assert.Equal("7", chart.Component("gateway").Environment["Cluster__Limits__MaxConnections"]);
    }

    [Fact]
    public void Every_option_of_the_documentation_can_be_given_but_for_what_is_secret_or_has_a_value_of_its_own()
    {
        var given = new Regex((string)Chart.Schema["$defs"]!["options"]!["propertyNames"]!["pattern"]!, RegexOptions.None, TimeSpan.FromSeconds(1));
        var documented = DocumentedOption().Matches(File.ReadAllText(RepositoryRoot.Combine("docs", "configuration.md"))).Select(match => match.Groups["variable"].Value).ToList();

        Assert.True(documented.Count > 50);
        Assert.All(documented, variable => Assert.True(
            Withheld().IsMatch(variable) != given.IsMatch(variable),
            $"{variable} must either be taken by $defs/options in helm/values.schema.json, or be withheld here: secrets are, and what the chart sets itself"));
    }

    [GeneratedRegex(@"^\| `Cluster:[^`]+` \| `(?<variable>\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex DocumentedOption();

    [GeneratedRegex("^Cluster__(StateDirectory|Database|Storage__(ConnectionString|MaxPoolSize)|(Grpc|Http|Tls)__.*|Keys__(Provider|Pkcs11__.*|AzureKeyVault__(KeyUrl|FormerKeyUrls))|Metrics__AllowWithoutKey|Solana__(Network|Endpoints__.*)|Orleans__(ClusterId|ServiceId|Roles|Address|SiloPort|GatewayPort))$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Withheld();

    /// <summary>Every described value, definitions that are referred to included.</summary>
    private static IEnumerable<(string Path, JsonNode Schema)> Values(JsonNode schema, string path)
    {
        yield return (path.Length == 0 ? "/" : path, schema);
        var below = (schema["properties"]?.AsObject() ?? [])
            .Select(entry => (Path: $"{path}/{entry.Key}", Schema: entry.Value!))
            .Concat((schema["$defs"]?.AsObject() ?? []).Select(entry => (Path: $"{path}/$defs/{entry.Key}", Schema: entry.Value!)))
            .Concat(schema["items"]?["properties"] is null ? [] : [(Path: $"{path}/items", Schema: schema["items"]!)]);
        foreach (var value in below.Where(value => !value.Path.Contains("/$defs/peers/", StringComparison.Ordinal)).SelectMany(value => Values(value.Schema, value.Path)))
        {
            yield return value;
        }
    }
}
