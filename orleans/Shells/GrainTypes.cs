using Orleans;

namespace Cluster.OrleansHost.Shells;

// A line a type of grains. A silo's manifest, and so what is placed on it, has those that its roles host.

/// <summary>Wallets.</summary>
[GrainType("wallet")]
public sealed class WalletShell(ShellServices services) : GrainShell(services);

/// <summary>Signers.</summary>
[GrainType("signer")]
public sealed class SignerShell(ShellServices services) : GrainShell(services);

/// <summary>Key-encryption keys.</summary>
[GrainType("keyring")]
public sealed class KeyringShell(ShellServices services) : GrainShell(services);

/// <summary>Campaigns.</summary>
[GrainType("campaign")]
public sealed class CampaignShell(ShellServices services) : GrainShell(services);

/// <summary>Campaigns' lanes.</summary>
[GrainType("lane")]
public sealed class LaneShell(ShellServices services) : GrainShell(services);

/// <summary>Whom API keys belong to.</summary>
[GrainType("principal")]
public sealed class PrincipalShell(ShellServices services) : GrainShell(services);

/// <summary>API keys.</summary>
[GrainType("api_key")]
public sealed class ApiKeyShell(ShellServices services) : GrainShell(services);

/// <summary>Principals' second factors.</summary>
[GrainType("second_factor")]
public sealed class SecondFactorShell(ShellServices services) : GrainShell(services);

/// <summary>Limits on payments.</summary>
[GrainType("limit")]
public sealed class LimitShell(ShellServices services) : GrainShell(services);
