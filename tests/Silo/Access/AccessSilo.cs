using Cluster.Silo.Grains.Access;
using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cluster.Tests.Silo.Access;

/// <summary>The grains of access alone, over a test's database.</summary>
internal sealed class AccessSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private AccessSilo(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public static async Task<AccessSilo> Start(TestDatabase database, string? stateDirectory = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Cluster"] = database.ConnectionString,
            ["AUDIT_HMAC_KEY"] = TestAuditKeys.Text,
            ["Cluster:StateDirectory"] = stateDirectory ?? Path.Combine(AppContext.BaseDirectory, ".data"),
        });
        builder.Services
            .AddStorage(builder.Configuration)
            .AddAccessGrains()
            .AddAccessQueries()
            .AddContract(AccessReflection.Descriptor, ApiKeysReflection.Descriptor, SecondFactorsReflection.Descriptor, LimitsReflection.Descriptor)
            .AddEmbeddedHost();
        var host = builder.Build();
        await host.StartAsync();
        return new AccessSilo(host);
    }

    /// <summary>Makes a key with a principal of its own name, as an operator would.</summary>
    public async Task<Caller> AddKey(string name, Role role, params Permission[] narrowedTo)
    {
        var key = new ApiKey(
            $"key-{name}",
            name,
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)),
            narrowedTo.Length == 0 ? null : narrowedTo.ToHashSet(),
            DateTimeOffset.UtcNow)
        {
            PrincipalId = name,
        };
        await Services.GetRequiredService<ApiKeyStore>().Insert(key, role, Cluster.Silo.Hosting.Call.System("test"));
        return new Caller(key.KeyId, name);
    }

    /// <summary>Enrols a caller's principal; gives the secret and the recovery codes.</summary>
    public async Task<(byte[] Secret, IReadOnlyList<string> RecoveryCodes)> Enroll(string principalId, Caller caller, DateTimeOffset? now = null)
    {
        var begun = await Call<EnrollSecondFactorReply>(
            new EnrollSecondFactorRequest { RequestId = Guid.NewGuid().ToString(), PrincipalId = principalId }, caller);
        var secret = SimpleBase.Base32.Rfc4648.Decode(begun.Uri.Split("secret=")[1].Split('&')[0]);
        var code = OneTimePassword.CodeOf(secret, OneTimePassword.StepAt(now ?? DateTimeOffset.UtcNow));
        var confirmed = await Call<ConfirmSecondFactorReply>(
            new ConfirmSecondFactorRequest { RequestId = Guid.NewGuid().ToString(), PrincipalId = principalId, Code = code }, caller);
        return (secret, confirmed.RecoveryCodes);
    }

    public async Task<TReply> Call<TReply>(IMessage request, Caller caller)
        where TReply : class, IMessage
    {
        var operations = Services.GetRequiredService<IOperations>();
        var method = operations.Methods.Single(method => method.InputType == request.Descriptor);
        return (TReply)await operations.Unary(method, request, new Call(caller, $"call:{Guid.NewGuid()}"));
    }

    public Task<Principal> Create(string principalId, Caller caller) =>
        Call<Principal>(new CreatePrincipalRequest { RequestId = $"create-{principalId}", PrincipalId = principalId, Name = principalId }, caller);

    public Task<Principal> Grant(string principalId, Role role, Caller caller, Scope? scope = null, Effect effect = Effect.Allow) =>
        Call<Principal>(
            new GrantRoleRequest { RequestId = Guid.NewGuid().ToString(), PrincipalId = principalId, Role = role, Scope = scope ?? Everything, Effect = effect },
            caller);

    public Task<Principal> Revoke(string principalId, Role role, Caller caller, Scope? scope = null, Effect effect = Effect.Allow) =>
        Call<Principal>(
            new RevokeRoleRequest { RequestId = Guid.NewGuid().ToString(), PrincipalId = principalId, Role = role, Scope = scope ?? Everything, Effect = effect },
            caller);

    /// <summary>Makes a key over the service.</summary>
    public Task<IssuedApiKey> Issue(string principalId, Caller caller, Action<CreateApiKeyRequest>? adjust = null)
    {
        var request = new CreateApiKeyRequest { RequestId = Guid.NewGuid().ToString(), KeyId = FreshId(), PrincipalId = principalId, Name = "test" };
        adjust?.Invoke(request);
        return Call<IssuedApiKey>(request, caller);
    }

    public Task<IssuedApiKey> Rotate(string keyId, Caller caller, TimeSpan? overlap = null) => Call<IssuedApiKey>(
        new RotateApiKeyRequest { RequestId = Guid.NewGuid().ToString(), KeyId = keyId, NewKeyId = FreshId(), Overlap = overlap?.ToDuration() },
        caller);

    public Task<ApiKeyDescription> RevokeKey(string keyId, Caller caller) =>
        Call<ApiKeyDescription>(new RevokeApiKeyRequest { RequestId = Guid.NewGuid().ToString(), KeyId = keyId }, caller);

    private static string FreshId() => System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true);

    public static Scope Everything => new() { Kind = ScopeKind.Everything };

    public static Scope Wallet(string walletId) => new() { Kind = ScopeKind.Wallet, Id = walletId };

    public static Scope Project(string walletId) => new() { Kind = ScopeKind.Project, Id = walletId };

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
