using System.Net.Sockets;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage.Schema;
using Cluster.Solana;
using Npgsql;

namespace Cluster.Gateway.Hosting;

/// <summary>Says why the process could not start, in sentences that name the remedy.</summary>
internal static class StartFailure
{
    /// <summary>EX_CONFIG of sysexits.h: the configuration must be put right first.</summary>
    public const int Misconfigured = 78;

    /// <summary>EX_UNAVAILABLE: something that the process needs is away.</summary>
    public const int Unavailable = 69;

    /// <summary>The sentences and the exit code of a failure that an operator can do something about; null for a defect.</summary>
    public static (IReadOnlyList<string> Sentences, int ExitCode)? Explain(Exception error) => error switch
    {
        InvalidConfigurationException invalid => (invalid.Errors, Misconfigured),
        SchemaException schema => ([schema.Message], Misconfigured),
        BindingException binding => (binding.Errors, Misconfigured),
        KeyException key => ([key.Message], key.IsTransient ? Unavailable : Misconfigured),
        ClusterException refusal => ([refusal.Message], Misconfigured),
        SolanaStartException solana => ([solana.Message], Unavailable),
        PostgresException postgres => ([$"PostgreSQL refused ({postgres.SqlState}): {postgres.MessageText}."], Unavailable),
        NpgsqlException away => ([$"PostgreSQL cannot be reached: {away.Message}. Start it, or put ConnectionStrings:Cluster right."], Unavailable),
        IOException { InnerException: not null } taken when taken.Message.Contains("bind", StringComparison.OrdinalIgnoreCase) =>
            ([$"{taken.Message} Stop what listens there, or set Cluster:Grpc:Port or Cluster:Http:Port."], Unavailable),
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AccessDenied } socket =>
            ([$"The gateway cannot listen: {socket.Message}. Set Cluster:Grpc and Cluster:Http to an address and a port that this process may use."], Misconfigured),
        AggregateException { InnerExceptions: [var single] } => Explain(single),
        _ => null,
    };
}
