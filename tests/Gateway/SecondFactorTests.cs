using Cluster.Grpc;
using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Access;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using GrpcStatus = Cluster.Grpc.StatusCode;
using StatusCode = Cluster.Silo.Hosting.StatusCode;

namespace Cluster.Tests.Gateway;

/// <summary>Codes at real gateways that share a database; the clock is the test's.</summary>
public sealed class SecondFactorTests : IAsyncLifetime
{
    private static readonly MethodDescriptor Remove = SecondFactorsReflection.Descriptor.Services[0].FindMethodByName("RemoveSecondFactor");
    private static readonly MethodDescriptor ListWallets = WalletsReflection.Descriptor.Services[0].FindMethodByName("ListWallets");

    private static readonly TimeSpan SecondFactorLock = TimeSpan.FromMinutes(15);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private GatewayUnderTest _gateway = null!;
    private AccessSilo _silo = null!;
    private Caller _ada = null!;
    private string _key = "";
    private byte[] _secret = [];
    private IReadOnlyList<string> _recoveryCodes = [];

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayUnderTest.Start(null, null, services => services.AddSingleton<TimeProvider>(_time));
        _silo = await AccessSilo.Start(_gateway.Database, _gateway.StateDirectory);
        var owner = await _silo.AddKey("root", Role.Owner);
        await _silo.Create("ada", owner);
        await _silo.Grant("ada", Role.Owner, owner);
        var issued = await _silo.Issue("ada", owner);
        _ada = new Caller(issued.Key.KeyId, "ada");
        _key = issued.Secret;
        (_secret, _recoveryCodes) = await _silo.Enroll("ada", _ada);
        _time.Advance(OneTimePassword.Step * 2);
        await _gateway.Refresh();
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task An_operation_that_asks_for_a_second_factor_is_refused_without_one_and_says_so_to_programs()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => _gateway.CallGrpc(Remove, new RemoveSecondFactorRequest(), _key));
        var (status, _, response) = await _gateway.CallJson("SecondFactors/RemoveSecondFactor", "{}", _key);

        Assert.Equal(GrpcStatus.Unauthenticated, error.StatusCode);
        Assert.Equal("required", error.Trailers.GetText("x-second-factor"));
        Assert.Equal((401, "required"), (status, response.Headers.GetValues("x-second-factor").Single()));
        Assert.Empty(_gateway.Operations.Received);
    }

    [Fact]
    public async Task A_code_is_accepted_once_in_the_whole_cluster_however_many_gateways_get_it_at_once()
    {
        await using var other = await GatewayUnderTest.Start(
            _gateway.Database, _gateway.StateDirectory, services => services.AddSingleton<TimeProvider>(_time));

        // Fewer than would lock it.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Accepts(n % 2 == 0 ? _gateway : other, Code())));

        Assert.Equal(1, outcomes.Count(accepted => accepted));
        Assert.False(await Accepts(other, Code()));
        _time.Advance(OneTimePassword.Step);
        Assert.True(await Accepts(other, Code()));
        Assert.False(await Accepts(_gateway, Code(-1)));
    }

    [Fact]
    public async Task The_grain_learns_that_a_code_was_accepted_and_not_where_none_came()
    {
        await _gateway.CallGrpc(ListWallets, new ListWalletsRequest(), _key);
        await _gateway.CallGrpc(ListWallets, new ListWalletsRequest(), _key, ("x-second-factor", Code()));

        Assert.Equal([false, true], _gateway.Operations.Received.Select(received => received.Call.Caller.HasSecondFactor));
        await Assert.ThrowsAsync<RpcException>(() => _gateway.CallGrpc(ListWallets, new ListWalletsRequest(), _key, ("x-second-factor", "000000")));
    }

    [Fact]
    public async Task After_five_failures_not_even_the_right_code_is_accepted_for_a_quarter_of_an_hour()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Accepts(_gateway, Wrong(n))));
        Assert.DoesNotContain(true, outcomes);
        Assert.False(await Accepts(_gateway, Code()));
        Assert.False(await Accepts(_gateway, _recoveryCodes[0]));
        Assert.NotNull((await _silo.Call<SecondFactor>(new GetSecondFactorRequest { PrincipalId = "ada" }, _ada)).LockTime);
        Assert.Equal(5, await _gateway.Database.Scalar<long>($"select count(*) from audit_log where operation = 'second_factor.refused' and caller_id = '{_ada.Id}'"));

        _time.Advance(SecondFactorLock);
        await _gateway.Refresh();

        Assert.True(await Accepts(_gateway, Code()));
        Assert.False(await Accepts(_gateway, Wrong(1)));
        _time.Advance(OneTimePassword.Step);
        Assert.True(await Accepts(_gateway, Code()));
    }

    [Fact]
    public async Task A_recovery_code_opens_once_and_only_for_its_holder()
    {
        Assert.Equal(10, _recoveryCodes.Distinct().Count());

        Assert.True(await Accepts(_gateway, _recoveryCodes[3].ToLowerInvariant()));

        Assert.False(await Accepts(_gateway, _recoveryCodes[3]));
        Assert.True(await Accepts(_gateway, _recoveryCodes[4].Replace("-", "", StringComparison.Ordinal)));
        Assert.Equal(8U, (await _silo.Call<SecondFactor>(new GetSecondFactorRequest { PrincipalId = "ada" }, _ada)).RecoveryCodesLeft);
    }

    [Fact]
    public async Task Who_has_none_is_told_to_enrol()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            _gateway.CallGrpc(Remove, new RemoveSecondFactorRequest(), _gateway.AdministratorKey, ("x-second-factor", "123456")));

        Assert.Contains("enrol one first", error.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_alone_enrols_no_other_secret_in_the_place_of_an_active_one_and_nobody_enrols_for_others()
    {
        var clerk = await _silo.AddKey("clerk", Role.Admin);
        var request = new EnrollSecondFactorRequest { RequestId = "again", PrincipalId = "ada" };

        var replaced = await Assert.ThrowsAsync<ClusterException>(() => _silo.Call<EnrollSecondFactorReply>(request.Clone(), _ada));
        var foreign = await Assert.ThrowsAsync<ClusterException>(() => _silo.Call<EnrollSecondFactorReply>(request.Clone(), clerk));
        var removed = await Assert.ThrowsAsync<ClusterException>(() =>
            _silo.Call<SecondFactor>(new RemoveSecondFactorRequest { RequestId = "remove", PrincipalId = "ada" }, clerk));
        await _silo.Enroll("ada", _ada with { HasSecondFactor = true });

        Assert.Equal(StatusCode.Unauthenticated, replaced.Status);
        Assert.Equal(StatusCode.PermissionDenied, foreign.Status);
        Assert.Equal(StatusCode.PermissionDenied, removed.Status);
    }

    [Fact]
    public async Task Neither_secret_nor_recovery_codes_are_in_the_database_or_the_log()
    {
        Assert.True(await Accepts(_gateway, Code()));
        await Accepts(_gateway, Wrong(1));
        string[] secrets =
        [
            Convert.ToHexStringLower(_secret), Base32.Encode(_secret), .. _recoveryCodes,
            .. _recoveryCodes.Select(code => Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(code))),
        ];

        foreach (var secret in secrets)
        {
            foreach (var table in new[] { "second_factors", "recovery_codes", "requests", "audit_log" })
            {
                Assert.Equal(0, await _gateway.Database.Scalar<long>($"select count(*) from {table} where {table}::text like '%{secret}%'"));
            }

            Assert.DoesNotContain(secret, _gateway.Log.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_secret_that_was_moved_to_another_principal_does_not_open()
    {
        await _gateway.Database.Execute(
            "insert into second_factors (principal_id, active, sealed_secret, key_id, created_at) select 'root', active, sealed_secret, key_id, now() from second_factors where principal_id = 'ada'");
        var check = _gateway.Services.GetRequiredService<SecondFactorCheck>();

        var error = await Assert.ThrowsAsync<Cluster.Silo.Keys.KeyException>(() => check.Require("root", Code(), _ada, CancellationToken.None));

        Assert.Contains("does not open", error.Message, StringComparison.Ordinal);
    }

    private string Code(int off = 0) => OneTimePassword.CodeOf(_secret, OneTimePassword.StepAt(_time.GetUtcNow()) + off);

    /// <summary>No code of now.</summary>
    private string Wrong(int n)
    {
        var right = Enumerable.Range(-1, 3).Select(Code).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(n, 10).Select(number => number.ToString("D6")).First(code => !right.Contains(code));
    }

    private async Task<bool> Accepts(GatewayUnderTest gateway, string code)
    {
        try
        {
            await gateway.CallGrpc(Remove, new RemoveSecondFactorRequest { RequestId = "1", PrincipalId = "ada" }, _key, ("x-second-factor", code));
            return true;
        }
        catch (RpcException error)
        {
            Assert.Equal((GrpcStatus.Unauthenticated, "required"), (error.StatusCode, error.Trailers.GetText("x-second-factor")));
            return false;
        }
    }
}
