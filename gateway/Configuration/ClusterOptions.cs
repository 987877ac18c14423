using System.ComponentModel.DataAnnotations;
using Cluster.Gateway.Metrics;
using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Grains.Campaigns.Uploads;
using Cluster.Silo.Grains.Lanes;
using Cluster.Silo.Grains.Wallets;
using Cluster.Silo.Hosting.Invocation;
using Cluster.Silo.Hosting.Reminders;
using Cluster.Silo.Hosting.Turns;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Solana;

namespace Cluster.Gateway.Configuration;

/// <summary>
/// All that can be configured, below the section <c>Cluster</c>; docs/configuration.md has a line for each. Whoever adds
/// an option adds a property here or in a section below, and its line there. The silo's parts bind and validate their
/// sections themselves; they stand here so that nothing else is taken for an option.
/// </summary>
internal class ClusterOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cluster";

    /// <summary>Where the administrator's key is written at first start. Relative to the working directory.</summary>
    [Required]
    public string StateDirectory { get; set; } = ".data";

    /// <summary>How long requests under way may take to end once the process is asked to stop, in seconds.</summary>
    [Range(1, 300)]
    public int ShutdownSeconds { get; set; } = 20;

    /// <summary>The connection string, where <c>ConnectionStrings:Cluster</c> does not give it.</summary>
    [DataType(DataType.Password)]
    public string Database { get; set; } = "";

    /// <summary>Where gRPC is served.</summary>
    public EndpointOptions Grpc { get; } = new(5000);

    /// <summary>Where JSON, health and the OpenAPI document are served.</summary>
    public EndpointOptions Http { get; } = new(8080);

    /// <summary>The certificate of both.</summary>
    public TlsOptions Tls { get; } = new();

    /// <summary>API keys.</summary>
    public AccessOptions Access { get; } = new();

    /// <summary>What one request and one connection may take.</summary>
    public LimitsOptions Limits { get; } = new();

    /// <summary>What is measured, and who may read it.</summary>
    public MetricsOptions Metrics { get; } = new();

    /// <summary>The pool of connections to PostgreSQL.</summary>
    public StorageOptions Storage { get; } = new();

    /// <summary>The host of grains.</summary>
    public GrainHostOptions Host { get; } = new();

    /// <summary>Reminders of grains.</summary>
    public ReminderOptions Reminders { get; } = new();

    /// <summary>For how long answers are kept, so that a repeated request gets the same one.</summary>
    public RequestRetentionOptions Requests { get; } = new();

    /// <summary>What protects wallets' keys.</summary>
    public KeyOptions Keys { get; } = new();

    /// <summary>How Solana is reached and how transactions are sent.</summary>
    public SolanaOptions Solana { get; } = new();

    /// <summary>Wallets and their limits.</summary>
    public WalletOptions Wallets { get; } = new();

    /// <summary>How much of a campaign's lane is on its way at once.</summary>
    public LaneOptions Lanes { get; } = new();

    /// <summary>What uploads of recipients may take.</summary>
    public UploadOptions Uploads { get; } = new();

    /// <summary>How grains read accounts.</summary>
    public ChainReaderOptions ChainReader { get; } = new();
}
