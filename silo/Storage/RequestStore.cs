using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Invocation;

namespace Cluster.Silo.Storage;

/// <summary>The table <c>requests</c>; rows are written by <see cref="Changes.Answer"/>.</summary>
internal sealed class RequestStore(Database database) : IRequestStore
{
    public async Task<RecordedReply?> Find(GrainId grain, string requestId, CancellationToken cancellationToken)
    {
        var found = await database.Query(
            "select method, request_hash, reply from requests where grain_type = $1 and grain_key = $2 and request_id = $3",
            [Sql.Text(grain.Type), Sql.Text(grain.Key), Sql.Text(requestId)],
            row => new RecordedReply(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2)),
            cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <remarks>
    /// A lane asks for its deposits again until it is done, which may take longer than any client may retry: a campaign
    /// can be paused for months. Those answers are kept until then, or the deposit would be paid again.
    /// </remarks>
    public async Task<int> Forget(DateTimeOffset olderThan, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(
            """
            delete from requests where ctid = any (array(
              select ctid from requests r where created_at < $1 and not exists (
                select from campaign_lanes l
                where l.state <> 'done' and starts_with(r.request_id, 'lane:' || l.campaign_id || '/' || l.lane || ':'))
              order by created_at limit $2 for update skip locked))
            """);
        command.Parameters.Add(Sql.Time(olderThan));
        command.Parameters.Add(Sql.Int(limit));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
