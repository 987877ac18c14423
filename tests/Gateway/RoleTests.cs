using Cluster.Grpc;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Storage.Access;
using Cluster.V1;
using Google.Protobuf;
using Xunit;
using GrpcStatus = Cluster.Grpc.StatusCode;

namespace Cluster.Tests.Gateway;

/// <summary>Who may call what on which wallet, through the real gate; a stub answers what passes it.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private GatewayUnderTest _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayUnderTest.Start();
        await _gateway.Database.Execute(
            """
            insert into wallets (wallet_id, kind, address, parent_wallet_id, created_at) values
              ('acme', 'project', decode(repeat('01', 32), 'hex'), null, now()),
              ('acme-hot', 'project', decode(repeat('02', 32), 'hex'), 'acme', now()),
              ('acme-cold', 'project', decode(repeat('03', 32), 'hex'), 'acme', now()),
              ('rival', 'project', decode(repeat('04', 32), 'hex'), null, now());
            insert into campaigns (campaign_id, wallet_id, decimals, state, duplicates, off_curve, created_at) values
              ('spring', 'acme-hot', 9, 'ready', 'reject', 'reject', now()),
              ('winter', 'rival', 9, 'ready', 'reject', 'reject', now());
            """);
    }

    public async ValueTask DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Every_rpc_is_open_to_exactly_the_roles_that_hold_its_permissions_and_only_on_what_they_are_bound_to()
    {
        foreach (var role in Roles.All)
        {
            var everywhere = await Key($"all-{role}", role, AccessScope.Everything);
            var project = await Key($"project-{role}", role, new AccessScope(ScopeKind.Project, "acme"));
            var wallet = await Key($"wallet-{role}", role, new AccessScope(ScopeKind.Wallet, "acme-hot"));
            foreach (var operation in StubOperations.Contract.Operations.Where(operation => !operation.Internal))
            {
                var held = operation.Also.Prepend(operation.Permission).All(Roles.PermissionsOf(role).Has);
                var isAboutOne = operation.Resource.Kind is ResourceKind.Wallet or ResourceKind.Campaign;
                var isAnything = operation.Resource.Kind == ResourceKind.Anything;

                await Expect(held, operation, Named(operation, "acme-hot", "spring"), everywhere);
                await Expect(held, operation, Named(operation, "rival", "winter"), everywhere);
                foreach (var bound in new[] { project, wallet })
                {
                    await Expect(held && (isAboutOne || isAnything), operation, Named(operation, "acme-hot", "spring"), bound);
                    await Expect(held && isAnything, operation, Named(operation, "rival", "winter"), bound);
                    await Expect(held && isAnything, operation, Named(operation, "", ""), bound);
                }

                await Expect(held && (isAboutOne || isAnything), operation, Named(operation, "acme-hot", "spring"), project);
            }
        }
    }

    [Fact]
    public async Task A_project_reaches_the_wallets_below_it_and_a_denial_takes_one_of_them_out()
    {
        var key = await Key(
            "team", Role.Operator, new AccessScope(ScopeKind.Project, "acme"),
            new RoleBinding("team", Role.Viewer, new AccessScope(ScopeKind.Wallet, "acme-cold"), Effect.Deny, "test", DateTimeOffset.UnixEpoch));

        var get = Operation("GetWallet");
        await Expect(true, get, new GetWalletRequest { WalletId = "acme" }, key);
        await Expect(true, get, new GetWalletRequest { WalletId = "acme-hot" }, key);
        await Expect(false, get, new GetWalletRequest { WalletId = "acme-cold" }, key);
        await Expect(false, get, new GetWalletRequest { WalletId = "rival" }, key);
        await Expect(false, get, new GetWalletRequest { WalletId = "nowhere" }, key);
        await Expect(false, Operation("ListWallets"), new ListWalletsRequest(), key);
        await Expect(true, Operation("Transfer"), new TransferRequest { WalletId = "acme-cold" }, key);
    }

    [Fact]
    public async Task A_campaign_is_started_only_by_who_may_send_tokens_from_its_source()
    {
        var runner = await Key("runner", Role.Operator, AccessScope.Everything, narrowedTo: [Permission.RunCampaign, Permission.ViewCampaign]);
        var denied = await Key(
            "denied", Role.Operator, AccessScope.Everything,
            new RoleBinding("denied", Role.Operator, new AccessScope(ScopeKind.Wallet, "acme-hot"), Effect.Deny, "test", DateTimeOffset.UnixEpoch));
        var allowed = await Key("allowed", Role.Operator, new AccessScope(ScopeKind.Wallet, "acme-hot"));
        var start = Operation("StartCampaign");

        await Expect(false, start, new StartCampaignRequest { CampaignId = "spring" }, runner);
        await Expect(false, start, new StartCampaignRequest { CampaignId = "spring" }, denied);
        await Expect(true, start, new StartCampaignRequest { CampaignId = "winter" }, denied);
        await Expect(true, start, new StartCampaignRequest { CampaignId = "spring" }, allowed);
        await Expect(false, start, new StartCampaignRequest { CampaignId = "winter" }, allowed);
        await Expect(true, Operation("PauseCampaign"), new PauseCampaignRequest { CampaignId = "spring" }, runner);
    }

    [Fact]
    public async Task An_upload_is_judged_by_the_campaign_that_its_first_message_names()
    {
        var key = await Key("uploader", Role.Operator, new AccessScope(ScopeKind.Wallet, "acme-hot"));
        var upload = Operation("UploadRecipients");

        await Expect(true, upload, new UploadRecipientsRequest { Header = new UploadHeader { CampaignId = "spring" } }, key);
        await Expect(false, upload, new UploadRecipientsRequest { Header = new UploadHeader { CampaignId = "winter" } }, key);
        await Expect(false, upload, new UploadRecipientsRequest { Rows = new RecipientRows() }, key);
    }

    [Fact]
    public async Task A_binding_that_is_taken_away_ends_at_once_on_every_gateway_without_waiting_for_the_next_reading()
    {
        await using var slow = await GatewayUnderTest.Start(_gateway.Database, _gateway.StateDirectory, null, "--Cluster:Access:KeyRefreshSeconds=60");
        var key = await Key("team", Role.Viewer, AccessScope.Everything);
        await slow.Refresh();
        await slow.CallGrpc(Operation("ListWallets").Method, new ListWalletsRequest(), key);

        await _gateway.Database.Execute("delete from role_bindings where principal_id = 'team'; update access_state set version = version + 1");

        var patience = TimeProvider.System.GetTimestamp();
        while (await Allows(slow, Operation("ListWallets"), new ListWalletsRequest(), key))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromSeconds(20), "the binding still counts");
        }
    }

    private static Operation Operation(string name) => StubOperations.Contract.Operations.Single(operation => operation.Name == name);

    /// <summary>A request about this wallet or campaign, whichever the operation is about.</summary>
    private static IMessage Named(Operation operation, string walletId, string campaignId)
    {
        var request = operation.Method.InputType.Parser.ParseFrom([]);
        var options = operation.Method.GetOptions().GetExtension(OptionsExtensions.Call);
        var path = (options.Resource.Length > 0 ? options.Resource : options.Key).Split('.');
        if (operation.Resource.Kind is not (ResourceKind.Wallet or ResourceKind.Campaign))
        {
            return request;
        }

        var target = request;
        foreach (var name in path[..^1])
        {
            var field = target.Descriptor.FindFieldByName(name);
            var inner = field.MessageType.Parser.ParseFrom([]);
            field.Accessor.SetValue(target, inner);
            target = inner;
        }

        target.Descriptor.FindFieldByName(path[^1]).Accessor.SetValue(target, operation.Resource.Kind == ResourceKind.Wallet ? walletId : campaignId);
        return request;
    }

    private static async Task<bool> Allows(GatewayUnderTest gateway, Operation operation, IMessage request, string key)
    {
        try
        {
            await gateway.CallGrpc(operation.Method, request, key);
            return true;
        }
        catch (RpcException error) when (operation.SecondFactor && error.StatusCode == GrpcStatus.Unauthenticated)
        {
            // Let through by the roles, and asked for a code.
            return error.Trailers.GetText("x-second-factor") == "required";
        }
        catch (RpcException error)
        {
            Assert.Equal(GrpcStatus.PermissionDenied, error.StatusCode);
            return false;
        }
    }

    private async Task Expect(bool allowed, Operation operation, IMessage request, string key)
    {
        Assert.True(
            allowed == await Allows(_gateway, operation, request, key),
            $"{operation.Name} of {request} should be {(allowed ? "allowed" : "refused")}");
        if (operation.Kind != OperationKind.ClientStream)
        {
            var (status, _, _) = await _gateway.CallJson($"{operation.Method.Service.Name}/{operation.Name}", JsonFormatter.Default.Format(request), key);
            Assert.Equal(!allowed ? 403 : operation.SecondFactor ? 401 : 200, status);
        }
    }

    private Task<string> Key(string principalId, Role role, AccessScope scope, params RoleBinding[] more) => Key(principalId, role, scope, [], more);

    private async Task<string> Key(string principalId, Role role, AccessScope scope, Permission[] narrowedTo, params RoleBinding[] more)
    {
        principalId = principalId.ToLowerInvariant();
        var text = ApiKeyText.Create();
        var database = _gateway.Database.Open();
        var changes = database.Change();
        AccessStore.Insert(changes, new PrincipalRecord(principalId, principalId, DateTimeOffset.UnixEpoch));
        foreach (var binding in more.Prepend(new RoleBinding(principalId, role, scope, Effect.Allow, "test", DateTimeOffset.UnixEpoch)))
        {
            AccessStore.Insert(changes, binding);
        }

        ApiKeyStore.Insert(
            changes,
            text.ToStored(principalId, narrowedTo.Length == 0 ? null : narrowedTo.ToHashSet(), DateTimeOffset.UnixEpoch) with { PrincipalId = principalId });
        AccessStore.Advance(changes);
        await database.Commit(changes, CancellationToken.None);
        await _gateway.Refresh();
        return text.Text;
    }
}
