using Cluster.Grpc;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Access;
using Cluster.V1;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using GrpcStatus = Cluster.Grpc.StatusCode;
using StatusCode = Cluster.Silo.Hosting.StatusCode;

namespace Cluster.Tests.Gateway;

/// <summary>Keys made by the service, used at real gateways that share its database.</summary>
public sealed class ApiKeyTests : IAsyncLifetime
{
    private static readonly MethodDescriptor ListWallets = WalletsReflection.Descriptor.Services[0].FindMethodByName("ListWallets");

    private GatewayUnderTest _gateway = null!;
    private AccessSilo _silo = null!;
    private Caller _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayUnderTest.Start("--Cluster:Access:KeyRefreshSeconds=60");
        _silo = await AccessSilo.Start(_gateway.Database, _gateway.StateDirectory);
        _owner = await _silo.AddKey("root", Role.Owner);
        await _silo.Create("shop", _owner);
        await _silo.Grant("shop", Role.Operator, _owner);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_key_opens_what_it_was_made_for_and_its_secret_is_nowhere_but_in_the_first_answer()
    {
        var request = new CreateApiKeyRequest { RequestId = "make-1", KeyId = new string('a', 16), PrincipalId = "shop", Permissions = { Permission.ViewBalance } };
        var issued = await _silo.Call<IssuedApiKey>(request.Clone(), _owner);
        var again = await _silo.Call<IssuedApiKey>(request.Clone(), _owner);
        await _gateway.Refresh();

        Assert.Null(await Refusal(issued.Secret));
        var refused = await Assert.ThrowsAsync<RpcException>(() => _gateway.CallGrpc(
            WalletsReflection.Descriptor.Services[0].FindMethodByName("Transfer"), new TransferRequest(), issued.Secret));
        Assert.Equal(GrpcStatus.PermissionDenied, refused.StatusCode);
        Assert.Equal(("", issued.Key), (again.Secret, again.Key));
        var secret = issued.Secret[^64..];
        foreach (var table in new[] { "api_keys", "audit_log", "requests" })
        {
            Assert.Equal(0, await _gateway.Database.Scalar<long>($"select count(*) from {table} where {table}::text like '%{secret}%' or {table}::text like '%{Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(secret)).ToLowerInvariant()}%'"));
        }
    }

    [Fact]
    public async Task A_revoked_key_ends_at_once_on_every_gateway()
    {
        await using var other = await GatewayUnderTest.Start(_gateway.Database, _gateway.StateDirectory, null, "--Cluster:Access:KeyRefreshSeconds=60");
        var issued = await _silo.Issue("shop", _owner);
        await Eventually(_gateway, issued.Secret, refused: false);
        await Eventually(other, issued.Secret, refused: false);

        await _silo.RevokeKey(issued.Key.KeyId, _owner);

        await Eventually(_gateway, issued.Secret, refused: true);
        await Eventually(other, issued.Secret, refused: true);
    }

    [Fact]
    public async Task A_rotated_key_works_beside_the_new_one_for_the_overlap_and_no_longer()
    {
        var old = await _silo.Issue("shop", _owner, request => request.ExpireTime = DateTime.UtcNow.AddDays(90).ToTimestamp());
        var next = await _silo.Rotate(old.Key.KeyId, _owner, TimeSpan.FromHours(6));
        await _gateway.Refresh();
        Assert.Null(await Refusal(old.Secret));
        Assert.Null(await Refusal(next.Secret));
        Assert.Equal("shop", next.Key.PrincipalId);
        Assert.InRange((next.Key.ExpireTime - next.Key.CreateTime).ToTimeSpan().TotalDays, 89, 91);

        var last = await _silo.Rotate(next.Key.KeyId, _owner, TimeSpan.Zero);
        await _gateway.Refresh();

        Assert.Contains("ended at", await Refusal(next.Secret), StringComparison.Ordinal);
        Assert.Null(await Refusal(last.Secret));
        var described = await _silo.Call<ApiKeyDescription>(new GetApiKeyRequest { KeyId = old.Key.KeyId }, _owner);
        Assert.Equal(next.Key.KeyId, described.ReplacedBy);
        Assert.InRange((described.ExpireTime.ToDateTimeOffset() - DateTimeOffset.UtcNow).TotalHours, 5, 6);
    }

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.0.0.0/8", null)]
    [InlineData("10.0.0.0/8", "may not be used from 127.0.0.1")]
    [InlineData("::1", "may not be used from 127.0.0.1")]
    public async Task A_key_opens_nothing_from_elsewhere(string network, string? refusal)
    {
        var issued = await _silo.Issue("shop", _owner, request => request.Addresses.Add(network));
        await _gateway.Refresh();

        var answer = await Refusal(issued.Secret);

        if (refusal is null)
        {
            Assert.Null(answer);
        }
        else
        {
            Assert.Contains(refusal, answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_key_is_told_only_to_who_knows_the_whole_of_it()
    {
        var elsewhere = await _silo.Issue("shop", _owner, request => request.Addresses.Add("10.0.0.0/8"));
        var ended = await _silo.Issue("shop", _owner);
        await _silo.Rotate(ended.Key.KeyId, _owner, TimeSpan.Zero);
        var unknown = ApiKeyText.Create().Text;
        await _gateway.Refresh();
        Assert.NotEqual("the API key is not valid", await Refusal(elsewhere.Secret));
        Assert.NotEqual("the API key is not valid", await Refusal(ended.Secret));

        var answers = new[] { Guessed(elsewhere.Secret), Guessed(ended.Secret), unknown }.Select(Refusal);

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("the API key is not valid", answer));
    }

    [Fact]
    public async Task The_last_use_of_a_key_is_written_down_at_the_latest_when_the_gateway_stops()
    {
        await using var other = await GatewayUnderTest.Start(_gateway.Database, _gateway.StateDirectory, null);
        var issued = await _silo.Issue("shop", _owner);
        await other.Refresh();
        await other.CallGrpc(ListWallets, new ListWalletsRequest(), issued.Secret);
        await other.StopAsync();

        var described = await _silo.Call<ApiKeyDescription>(new GetApiKeyRequest { KeyId = issued.Key.KeyId }, _owner);

        Assert.Equal("127.0.0.1", described.LastUseAddress);
        Assert.InRange(described.LastUseTime.ToDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task A_key_looks_after_the_keys_of_its_own_principal_that_open_no_more_than_itself()
    {
        var wide = await _silo.Issue("shop", _owner);
        var narrow = await _silo.Issue("shop", _owner, request => request.Permissions.AddRange([Permission.ManageSelf, Permission.ViewBalance]));
        var foreign = await _silo.Issue("root", _owner);
        var byNarrow = new Caller(narrow.Key.KeyId, "narrow");

        var rotated = await _silo.Rotate(narrow.Key.KeyId, byNarrow);
        await Refused(StatusCode.PermissionDenied, () => _silo.Rotate(wide.Key.KeyId, byNarrow));
        await Refused(StatusCode.PermissionDenied, () => _silo.RevokeKey(foreign.Key.KeyId, byNarrow));
        await Refused(StatusCode.PermissionDenied, () => _silo.Issue("shop", byNarrow));

        Assert.Equal([Permission.ViewBalance, Permission.ManageSelf], rotated.Key.Permissions);
    }

    [Fact]
    public async Task Nobody_makes_a_key_for_somebody_who_has_more_than_they()
    {
        var admin = await _silo.AddKey("admin", Role.Admin);
        await _silo.Create("team", _owner);
        await _silo.Grant("team", Role.Admin, _owner, AccessSilo.Project("acme"));
        var team = new Caller((await _silo.Issue("team", _owner)).Key.KeyId, "team");

        await Refused(StatusCode.PermissionDenied, () => _silo.Issue("root", admin));
        await Refused(StatusCode.PermissionDenied, () => _silo.Issue("shop", team));
        await _silo.Issue("shop", admin);
        await _silo.Issue("team", team);
    }

    [Fact]
    public async Task The_last_key_of_the_last_owner_is_rotated_and_never_just_revoked()
    {
        await _silo.RevokeKey((await _silo.Call<ListApiKeysReply>(new ListApiKeysRequest(), _owner)).Keys[0].KeyId, _owner);

        var error = await Assert.ThrowsAsync<ClusterException>(() => _silo.RevokeKey(_owner.Id, _owner));
        var next = await _silo.Rotate(_owner.Id, _owner, TimeSpan.Zero);
        await _gateway.Refresh();

        Assert.Equal(StatusCode.FailedPrecondition, error.Status);
        Assert.Null(await Refusal(next.Secret));
    }

    [Fact]
    public async Task What_cannot_be_a_key_is_refused_with_the_reason()
    {
        await Refused(StatusCode.InvalidArgument, () => _silo.Issue("shop", _owner, request => request.KeyId = "key"));
        await Refused(StatusCode.InvalidArgument, () => _silo.Issue("shop", _owner, request => request.Addresses.Add("10.0.0.0/33")));
        await Refused(StatusCode.InvalidArgument, () => _silo.Issue("shop", _owner, request => request.Addresses.Add("office")));
        await Refused(StatusCode.InvalidArgument, () => _silo.Issue("shop", _owner, request => request.Permissions.Add((Permission)63)));
        await Refused(StatusCode.InvalidArgument, () => _silo.Issue("shop", _owner, request => request.ExpireTime = DateTime.UtcNow.AddDays(-1).ToTimestamp()));
        await Refused(StatusCode.InvalidArgument, () => _silo.Issue("shop", _owner, request => request.CertificatePem = "-----BEGIN"));
        await Refused(StatusCode.NotFound, () => _silo.Issue("ghost", _owner));
        await Refused(StatusCode.NotFound, () => _silo.RevokeKey("0000000000000000", _owner));
        await Refused(StatusCode.InvalidArgument, () => _silo.Rotate(_owner.Id, _owner, TimeSpan.FromDays(31)));
    }

    private static string Guessed(string secret) => string.Concat(secret.AsSpan(0, secret.Length - 1), secret[^1] == '0' ? "1" : "0");

    private static async Task Refused(StatusCode status, Func<Task> action) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<ClusterException>(action)).Status);

    private static async Task<string?> Refusal(GatewayUnderTest gateway, string key)
    {
        try
        {
            await gateway.CallGrpc(ListWallets, new ListWalletsRequest(), key);
            return null;
        }
        catch (RpcException error)
        {
            Assert.Equal(GrpcStatus.Unauthenticated, error.StatusCode);
            return error.Status.Message;
        }
    }

    /// <summary>PostgreSQL's word takes a moment; the next reading is a minute away.</summary>
    private static async Task Eventually(GatewayUnderTest gateway, string key, bool refused)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await Refusal(gateway, key) is null == refused)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "the change is not known after 20 seconds");
        }
    }

    private Task<string?> Refusal(string key) => Refusal(_gateway, key);
}
