using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Tests.Silo.Hosting.Contract;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Keeps a committed total, and does what the test's scripts say.</summary>
public sealed class ProbeGrain(Stage stage, Database database) : Grain
{
    public const string CreateTable = "create table probes (probe_id text primary key, total bigint not null, version bigint not null)";

    private long _version;

    /// <summary>The total in memory; a script may spoil it without committing.</summary>
    internal long Total { get; set; }

    internal IActivation Life => Activation;

    internal IGrains Others => Grains;

    public async Task<Total> AddToTotal(AddToTotalRequest request, Call call)
    {
        var reply = new Total { ProbeId = request.ProbeId, Total_ = checked(Total + request.Amount) };
        var changes = database.Change();
        changes.AddGuarded(
            _version == 0
                ? "insert into probes (probe_id, total, version) select $1, $2, $3 + 1 on conflict do nothing"
                : "update probes set total = $2, version = version + 1 where probe_id = $1 and version = $3",
            $"probe {Id.Key}",
            Sql.Text(Id.Key),
            Sql.Big(reply.Total_),
            Sql.Big(_version));
        changes.Answer(call, reply);
        await database.Commit(changes, call.Cancellation);
        (Total, _version) = (reply.Total_, _version + 1);
        return reply;
    }

    public Task<Total> GetTotal(GetTotalRequest request, Call call) =>
        Task.FromResult(new Total { ProbeId = request.ProbeId, Total_ = Total });

    public async Task<ActReply> Act(ActRequest request, Call call) => new() { Result = await stage.Run(request.Script, this, call) };

    public async Task<ActReply> Look(LookRequest request, Call call) => new() { Result = await stage.Run(request.Script, this, call) };

    protected internal override async Task OnActivate(CancellationToken cancellationToken)
    {
        await stage.Activating(this, cancellationToken);
        var rows = await database.Query(
            "select total, version from probes where probe_id = $1",
            [Sql.Text(Id.Key)],
            row => (Total: row.GetInt64(0), Version: row.GetInt64(1)),
            cancellationToken);
        (Total, _version) = rows.Count == 0 ? default : rows[0];
        stage.Happened($"{Id.Key} activated");
    }

    protected internal override async Task OnDeactivate(CancellationToken cancellationToken)
    {
        await stage.Deactivating(this, cancellationToken);
        stage.Happened($"{Id.Key} deactivated");
    }

    protected internal override async Task OnReminder(string name, Call call)
    {
        await stage.Reminding(this, name, call);
        stage.Happened($"{Id.Key} reminded of {name}");
    }
}
