using Cluster.Gateway.Access;
using Cluster.Gateway.Configuration;
using Cluster.Grpc;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using GrpcStatus = Cluster.Grpc.StatusCode;

namespace Cluster.Tests.Gateway;

public sealed class AccessTests
{
    private static readonly MethodDescriptor GetWallet = WalletsReflection.Descriptor.Services[0].FindMethodByName("GetWallet");

    private static string WithoutId(string key, string id) => key.Replace(id, new string('0', 16), StringComparison.Ordinal);

    [Fact]
    public async Task Each_operation_is_open_to_the_permission_that_it_names_and_to_no_other()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var allowed = 0;
        foreach (var permission in PermissionSet.All)
        {
            var key = await gateway.MakeKey(permission);
            foreach (var method in gateway.Operations.Methods)
            {
                var options = method.GetOptions().GetExtension(OptionsExtensions.Call);
                var request = method.InputType.Parser.ParseFrom([]);
                var needed = options.Permission == permission ? options.Also.FirstOrDefault() : options.Permission;
                if (needed == Permission.Unspecified && options.SecondFactor)
                {
                    var asked = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(method, request, key));
                    Assert.Equal("required", asked.Trailers.GetText("x-second-factor"));
                    continue;
                }

                if (needed == Permission.Unspecified)
                {
                    allowed++;
                    await gateway.CallGrpc(method, request, key);
                    continue;
                }

                var refused = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(method, request, key));
                Assert.Equal(GrpcStatus.PermissionDenied, refused.StatusCode);
                Assert.Contains(PermissionSet.NameOf(needed), refused.Status.Message, StringComparison.Ordinal);
                var (status, body, _) = await gateway.CallJson($"{method.Service.Name}/{method.Name}", "{}", key);
                Assert.Equal(403, status);
                Assert.Equal("PERMISSION_DENIED", (string?)body!["error"]!["code"]);
            }
        }

        Assert.Equal(allowed, gateway.Operations.Received.Count);
    }

    [Fact]
    public async Task Every_operation_names_a_permission()
    {
        await using var gateway = await GatewayUnderTest.Start();

        Assert.All(gateway.Operations.Methods, method =>
        {
            var options = method.GetOptions().GetExtension(OptionsExtensions.Call);
            Assert.NotEqual(Permission.Unspecified, options.Permission);
        });
    }

    [Fact]
    public async Task A_key_without_permissions_opens_nothing()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var key = await gateway.MakeKey();

        foreach (var method in gateway.Operations.Methods)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(method, method.InputType.Parser.ParseFrom([]), key));
            Assert.Equal(GrpcStatus.PermissionDenied, refused.StatusCode);
        }

        Assert.Empty(gateway.Operations.Received);
    }

    [Fact]
    public async Task A_wrong_secret_an_unknown_key_and_a_shapeless_one_get_the_same_answer()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var key = await gateway.MakeKeyUntil(null, Permission.ViewBalance);
        var last = key.Text[^1] == '0' ? '1' : '0';
        string[] useless = [key.Text[..^1] + last, WithoutId(key.Text, key.Id), ApiKeyText.Create().Text, "secret", key.Text + "0", key.Text.ToUpperInvariant()];

        var answers = new HashSet<string>();
        foreach (var presented in useless)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), presented));
            var (status, body, response) = await gateway.CallJson("Wallets/GetWallet", "{}", presented);
            Assert.Equal(GrpcStatus.Unauthenticated, error.StatusCode);
            Assert.Equal(401, status);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
            answers.Add(error.Status.Message);
            answers.Add((string)body!["error"]!["message"]!);
        }

        Assert.Equal(["the API key is not valid"], answers);
    }

    [Fact]
    public async Task A_call_without_a_key_is_told_how_to_send_one()
    {
        await using var gateway = await GatewayUnderTest.Start();

        var error = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), key: null));
        var (status, body, _) = await gateway.CallJson("Wallets/GetWallet", "{}", key: null, ("authorization", "Basic dTpw"));

        Assert.Equal(GrpcStatus.Unauthenticated, error.StatusCode);
        Assert.Contains("authorization: Bearer", error.Status.Message, StringComparison.Ordinal);
        Assert.Equal(401, status);
        Assert.Contains("'Bearer'", (string)body!["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_may_come_in_a_header_of_its_own()
    {
        await using var gateway = await GatewayUnderTest.Start();

        var (status, _, _) = await gateway.CallJson("Wallets/GetWallet", "{}", key: null, ("x-api-key", gateway.AdministratorKey));

        Assert.Equal(200, status);
    }

    [Fact]
    public async Task A_revoked_key_ends_with_the_next_refresh_and_an_expired_one_at_its_time()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await GatewayUnderTest.Start(null, null, services => services.AddSingleton<TimeProvider>(time));
        var revoked = await gateway.MakeKeyUntil(null, Permission.ViewBalance);
        var expiring = await gateway.MakeKeyUntil(time.GetUtcNow() + TimeSpan.FromSeconds(10), Permission.ViewBalance);
        await gateway.CallGrpc(GetWallet, new GetWalletRequest(), revoked.Text);
        await gateway.CallGrpc(GetWallet, new GetWalletRequest(), expiring.Text);

        await gateway.Services.GetRequiredService<ApiKeyStore>().Revoke(revoked.Id, new Call(Caller.System("test"), "test"));
        await gateway.Services.GetRequiredService<KeyRing>().Refresh(TestContext.Current.CancellationToken);
        var ofRevoked = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), revoked.Text));
        time.Advance(TimeSpan.FromSeconds(10));
        var ofExpired = await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), expiring.Text));

        Assert.Equal(GrpcStatus.Unauthenticated, ofRevoked.StatusCode);
        Assert.Equal(GrpcStatus.Unauthenticated, ofExpired.StatusCode);
        Assert.Contains(expiring.Id, ofExpired.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_could_not_be_read_for_a_minute_are_trusted_no_longer()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var database = await TestDatabase.Create();
        using var keys = new KeyRing(new AccessStore(database.Open(time)), new AccessOptions(), time);
        var authenticator = new Authenticator(keys, new TlsOptions(), time);
        var key = ApiKeyText.Create();
        await new ApiKeyStore(database.Open(time), time)
            .Insert(key.ToStored("test", permissions: null, time.GetUtcNow()), Role.Owner, new Call(Caller.System("test"), "test"));

        var unread = Assert.Throws<ClusterException>(() => authenticator.Authenticate(new Credentials($"Bearer {key.Text}", null, null, null)));
        await keys.Refresh(TestContext.Current.CancellationToken);
        Assert.Equal(key.Id, authenticator.Authenticate(new Credentials($"Bearer {key.Text}", null, null, null)).KeyId);
        time.Advance(KeyRing.Trust + TimeSpan.FromTicks(1));
        var stale = Assert.Throws<ClusterException>(() => authenticator.Authenticate(new Credentials($"Bearer {key.Text}", null, null, null)));

        Assert.All([unread, stale], error => Assert.Equal(Cluster.Silo.Hosting.StatusCode.Unavailable, error.Status));
    }

    [Fact]
    public async Task A_denied_caller_stands_in_the_audit_log_once_with_the_count_at_the_latest_when_the_gateway_stops()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var key = await gateway.MakeKeyUntil(null, Permission.ViewCampaign);
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<RpcException>(() => gateway.CallGrpc(GetWallet, new GetWalletRequest(), key.Text));
        }

        await gateway.StopAsync();

        Assert.Equal(1, await gateway.Database.Scalar<long>($"select count(*) from audit_log where operation = 'access.denied' and caller_id = '{key.Id}' and subject_key = 'Wallets/GetWallet' and detail->>'count' = '3'"));
    }

    [Fact]
    public async Task The_secret_of_a_key_is_in_no_log_and_not_in_the_database()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var secret = gateway.AdministratorKey[^64..];
        await gateway.CallGrpc(GetWallet, new GetWalletRequest(), gateway.AdministratorKey);
        await gateway.CallJson("Wallets/GetWallet", "{\"bad\":1}", gateway.AdministratorKey);

        Assert.DoesNotContain(secret, gateway.Log.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(secret, ApiKeyText.TryParse(gateway.AdministratorKey, out var key) ? key.ToString() : "", StringComparison.Ordinal);
        Assert.Equal(0, await gateway.Database.Scalar<long>($"select count(*) from api_keys where api_keys::text like '%{secret}%'"));
        Assert.Equal(0, await gateway.Database.Scalar<long>($"select count(*) from audit_log where audit_log::text like '%{secret}%'"));
    }
}
