using Cluster.V1;

namespace Cluster.Silo.Storage.Access;

/// <summary>What a principal may, or may not, do, and on what.</summary>
/// <param name="PrincipalId">Who.</param>
/// <param name="Role">Holds the permissions.</param>
/// <param name="Scope">On what.</param>
/// <param name="Effect">Whether they are allowed or denied.</param>
/// <param name="GrantedBy">The credential that granted it.</param>
/// <param name="GrantedAt">When.</param>
public sealed record RoleBinding(
    string PrincipalId, Role Role, AccessScope Scope, Effect Effect, string GrantedBy, DateTimeOffset GrantedAt);

/// <summary>A person or a program.</summary>
/// <param name="PrincipalId">Names it.</param>
/// <param name="Name">For people.</param>
/// <param name="CreatedAt">When it was made known.</param>
public sealed record PrincipalRecord(string PrincipalId, string Name, DateTimeOffset CreatedAt);

/// <summary>Who may do what, as of one moment.</summary>
/// <param name="Version">A change that was judged by this commits only where nothing has changed since.</param>
/// <param name="Principals">By id.</param>
/// <param name="Bindings">By principal.</param>
/// <param name="Keys">By key id; without those that were revoked.</param>
public sealed record AccessBook(
    long Version,
    IReadOnlyDictionary<string, PrincipalRecord> Principals,
    ILookup<string, RoleBinding> Bindings,
    IReadOnlyDictionary<string, ApiKey> Keys);
