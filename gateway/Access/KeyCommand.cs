using System.Globalization;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Schema;
using Cluster.V1;

namespace Cluster.Gateway.Access;

/// <summary>
/// <c>cluster-gateway key …</c>: makes, lists and revokes API keys, straight in the database. Whoever may do that has the
/// database's password. For a cluster's first keys, and for when no owner's key is left; other keys are made by callers.
/// </summary>
internal static class KeyCommand
{
    private const string Usage =
        """
        usage: cluster-gateway key create NAME PERMISSION[,PERMISSION…] [END]   prints the new key, once; END as 2027-01-31
               cluster-gateway key owner NAME [END]                             prints a new owner's key, for when none is left
               cluster-gateway key list
               cluster-gateway key revoke ID
        """;

    /// <summary>EX_USAGE of sysexits.h.</summary>
    private const int WrongUsage = 64;

    /// <summary>Runs one command.</summary>
    /// <param name="args">What follows <c>key</c>.</param>
    /// <param name="output">Gets the answer.</param>
    /// <param name="configuration">Names the database.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="ClusterException">What was asked for cannot be done.</exception>
    public static async Task<int> Run(string[] args, TextWriter output, IConfiguration configuration)
    {
        await using var services = new ServiceCollection().AddLogging().AddStorage(configuration).BuildServiceProvider();
        ClusterConfiguration.Demand([], services);
        await services.GetRequiredService<SchemaMigrator>().Migrate(CancellationToken.None);
        var store = services.GetRequiredService<ApiKeyStore>();
        var time = services.GetRequiredService<TimeProvider>();
        var call = new Call(new Caller($"operator:{Environment.UserName}", Environment.UserName), "command-line");
        switch (args)
        {
            case ["create", var name, var permissions]:
                await Create(store, name, permissions, end: null, time, call, output);
                return 0;

            case ["create", var name, var permissions, var end]:
                await Create(store, name, permissions, end, time, call, output);
                return 0;

            case ["owner", var name, .. { Length: <= 1 } ends]:
                var owners = ApiKeyText.Create();
                await store.Insert(owners.ToStored(name, permissions: null, time.GetUtcNow(), End(ends.FirstOrDefault())), Role.Owner, call);
                await output.WriteLineAsync(owners.Text);
                return 0;

            case ["list"]:
                foreach (var key in await store.List(CancellationToken.None))
                {
                    await output.WriteLineAsync(Describe(key, time.GetUtcNow()));
                }

                return 0;

            case ["revoke", var keyId]:
                await store.Revoke(keyId, call);
                await output.WriteLineAsync($"revoked {keyId}; gateways refuse it at once, or within a minute where they do not reach the database");
                return 0;

            default:
                await output.WriteLineAsync(Usage);
                return WrongUsage;
        }
    }

    private static async Task Create(ApiKeyStore store, string name, string permissions, string? end, TimeProvider time, Call call, TextWriter output)
    {
        var key = ApiKeyText.Create();
        var narrowedTo = Permissions(permissions);
        await store.Insert(key.ToStored(name, narrowedTo, time.GetUtcNow(), End(end)), Roles.SmallestThatHolds(narrowedTo), call);
        await output.WriteLineAsync(key.Text);
    }

    private static HashSet<Permission> Permissions(string names)
    {
        var permissions = new HashSet<Permission>();
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            permissions.Add(PermissionSet.TryParse(name.ToUpperInvariant(), out var permission)
                ? permission
                : throw new ClusterException(
                    StatusCode.InvalidArgument,
                    $"'{name}' is not a permission; there are {string.Join(", ", PermissionSet.All.Select(PermissionSet.NameOf))}."));
        }

        return permissions;
    }

    private static DateTimeOffset? End(string? text) => text is null
        ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end
            : throw new ClusterException(StatusCode.InvalidArgument, $"'{text}' is not a day; write it as 2027-01-31.");

    private static string Describe(ApiKey key, DateTimeOffset now)
    {
        var state = key switch
        {
            { RevokedAt: { } revoked } => $"revoked {revoked:yyyy-MM-dd}",
            _ when !key.IsValidAt(now) => "expired",
            { ExpiresAt: { } end } => $"until {end:yyyy-MM-dd}",
            _ => "valid",
        };
        var permissions = key.Permissions is null ? "all" : string.Join(',', key.Permissions.Order().Select(PermissionSet.NameOf));
        return $"{key.KeyId}  {state,-18}  {key.Name}  {permissions}";
    }
}
