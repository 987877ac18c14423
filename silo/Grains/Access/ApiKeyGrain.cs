using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access;

/// <summary>
/// One key: made, rotated, revoked. Keeps nothing between turns; each change is judged by all bindings as they stand. A
/// secret leaves in the reply alone: what is recorded as the answer is without it.
/// </summary>
internal sealed class ApiKeyGrain(Database database, AccessStore access, ApiKeyStore keys, ResourceStore resources) : Grain
{
    public async Task<IssuedApiKey> CreateApiKey(CreateApiKeyRequest request, Call call)
    {
        ApiKeyRequests.IdOf(request.KeyId, "key_id");
        PrincipalIds.RequireName(request.Name);
        var book = await access.Load(call.Cancellation);
        if (!book.Principals.ContainsKey(request.PrincipalId))
        {
            throw new ClusterException(StatusCode.NotFound, "there is no principal with this principal_id: make it first.");
        }

        if (await keys.Find(Id.Key, call.Cancellation) is not null)
        {
            throw new ClusterException(StatusCode.AlreadyExists, $"there is an API key {Id.Key} already; choose another key_id.");
        }

        var fingerprint = ApiKeyRequests.CertificateOf(request);
        var secret = fingerprint is null ? ApiKeyText.Create(Id.Key) : null;
        var key = new ApiKey(
            Id.Key,
            request.Name,
            fingerprint ?? secret!.Hash(),
            ApiKeyRequests.PermissionsOf(request.Permissions),
            Now(),
            ApiKeyRequests.EndOf(request.ExpireTime, Now()))
        {
            PrincipalId = request.PrincipalId,
            Kind = secret is null ? ApiKeyKind.Certificate : ApiKeyKind.Secret,
            Addresses = ApiKeyRequests.AddressesOf(request.Addresses),
            CreatedBy = call.Caller.Id,
        };
        await RequireCovers(book, key, call);
        if (book.Keys.Values.Any(other => other.KeyHash.Span.SequenceEqual(key.KeyHash.Span)))
        {
            throw new ClusterException(StatusCode.AlreadyExists, "there is a key for this certificate already.");
        }

        var changes = database.Change();
        ApiKeyStore.Insert(changes, key);
        return await Issue(changes, book, key, secret, "api_key.create", call);
    }

    public async Task<IssuedApiKey> RotateApiKey(RotateApiKeyRequest request, Call call)
    {
        ApiKeyRequests.IdOf(request.NewKeyId, "new_key_id");
        var book = await access.Load(call.Cancellation);
        var old = Usable(book);
        await RequireOwnOrCovered(book, old, call);
        if (old.Kind == ApiKeyKind.Certificate)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"'{old.KeyId}' is a certificate: add the new one with CreateApiKey, then revoke this.");
        }

        if (await keys.Find(request.NewKeyId, call.Cancellation) is not null)
        {
            throw new ClusterException(StatusCode.AlreadyExists, $"there is an API key {request.NewKeyId} already; choose another new_key_id.");
        }

        var now = Now();
        var secret = ApiKeyText.Create(request.NewKeyId);
        var key = old with
        {
            KeyId = request.NewKeyId,
            KeyHash = secret.Hash(),
            CreatedAt = now,
            ExpiresAt = ApiKeyRequests.EndOf(request.ExpireTime, now) ?? now + (old.ExpiresAt - old.CreatedAt),
            CreatedBy = call.Caller.Id,
            LastUsedAt = null,
            LastUsedFrom = null,
        };
        var end = now + ApiKeyRequests.OverlapOf(request.Overlap);
        var changes = database.Change();
        ApiKeyStore.Insert(changes, key);
        ApiKeyStore.Replace(changes, old.KeyId, key.KeyId, old.ExpiresAt < end ? old.ExpiresAt.Value : end);
        return await Issue(changes, book, key, secret, "api_key.rotate", call);
    }

    public async Task<ApiKeyDescription> RevokeApiKey(RevokeApiKeyRequest request, Call call)
    {
        var book = await access.Load(call.Cancellation);
        var key = await Existing(call);
        if (key.RevokedAt is null)
        {
            await RequireOwnOrCovered(book, key, call);
            var left = book.Keys.Where(other => other.Key != key.KeyId).ToDictionary(StringComparer.Ordinal);
            AccessRules.RequireOwner(book with { Keys = left }, Now());
        }

        var reply = ApiKeyMessages.Of(key with { RevokedAt = key.RevokedAt ?? Now() });
        var changes = database.Change();
        ApiKeyStore.Revoke(changes, key.KeyId, Now());
        AccessStore.Advance(changes, book);
        changes.Audit(call, "api_key.revoke", Id, Detail(key));
        changes.Answer(call, reply);
        await database.Commit(changes, call.Cancellation);
        return reply;
    }

    public async Task<ApiKeyDescription> GetApiKey(GetApiKeyRequest request, Call call) => ApiKeyMessages.Of(await Existing(call));

    private static string Detail(ApiKey key) => new AuditDetail()
        .Add("principal_id", key.PrincipalId)
        .Add("name", key.Name)
        .Add("key_id", key.KeyId)
        .Add("permissions", key.Permissions is null ? "*" : PermissionSet.Of(key.Permissions).ToString())
        .Add("addresses", string.Join(' ', key.Addresses))
        .Add("expires_at", key.ExpiresAt?.ToString("u") ?? "")
        .ToString();

    private async Task<IssuedApiKey> Issue(Changes changes, AccessBook book, ApiKey key, ApiKeyText? secret, string operation, Call call)
    {
        AccessStore.Advance(changes, book);
        changes.Audit(call, operation, Id, Detail(key));
        var recorded = new IssuedApiKey { Key = ApiKeyMessages.Of(key) };
        changes.Answer(call, recorded);
        await database.Commit(changes, call.Cancellation);
        return new IssuedApiKey { Key = recorded.Key, Secret = secret?.Text ?? "" };
    }

    /// <summary>Everybody looks after their own keys; for others' one must manage access, and may do all that they may.</summary>
    private async Task RequireOwnOrCovered(AccessBook book, ApiKey key, Call call)
    {
        if (!book.Keys.TryGetValue(call.Caller.Id, out var own) || own.PrincipalId != key.PrincipalId || !IsNoMoreThan(key, own))
        {
            await RequireCovers(book, key, call);
        }
    }

    /// <summary>A narrow key must not make itself a wide one by way of its principal's other keys.</summary>
    private static bool IsNoMoreThan(ApiKey key, ApiKey own) =>
        own.Permissions is null || (key.Permissions is not null && own.Permissions.IsSupersetOf(key.Permissions));

    private async Task RequireCovers(AccessBook book, ApiKey key, Call call)
    {
        var rules = new AccessRules(book, call.Caller);
        foreach (var binding in book.Bindings[key.PrincipalId].Where(binding => binding.Effect == Effect.Allow))
        {
            var project = binding.Scope.Kind == ScopeKind.Wallet ? await resources.FindProject(binding.Scope.Id, call.Cancellation) : null;
            rules.RequireAll(binding.Role, binding.Scope, project, key.Permissions);
        }
    }

    private async Task<ApiKey> Existing(Call call) =>
        await keys.Find(Id.Key, call.Cancellation) ?? throw new ClusterException(StatusCode.NotFound, "there is no API key with this key_id.");

    private ApiKey Usable(AccessBook book) => book.Keys.TryGetValue(Id.Key, out var key) && key.IsValidAt(Now())
        ? key
        : throw new ClusterException(StatusCode.NotFound, "there is no API key with this key_id that has neither ended nor been revoked.");

    /// <summary>As precise as PostgreSQL keeps it.</summary>
    private DateTimeOffset Now()
    {
        var now = Activation.Time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
