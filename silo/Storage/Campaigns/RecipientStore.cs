using System.Buffers;
using System.Data;
using Cluster.Solana;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Reads <c>campaign_recipients</c>, which is written once, by uploads.</summary>
internal sealed class RecipientStore(Database database)
{
    /// <summary>Reads recipients in order of sequence into the caller's buffer.</summary>
    /// <param name="campaignId">Whose.</param>
    /// <param name="first">From this sequence.</param>
    /// <param name="last">To this one, inclusive.</param>
    /// <param name="buffer">Takes them; no more are read than it holds.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were read.</returns>
    public async Task<int> Read(
        string campaignId, long first, long last, Memory<Recipient> buffer, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(
            """
            select sequence, amount, owner from campaign_recipients
            where campaign_id = $1 and sequence between $2 and $3 order by sequence limit $4
            """);
        command.AddAll([Sql.Text(campaignId), Sql.Big(first), Sql.Big(last), Sql.Int(buffer.Length)]);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        var owner = ArrayPool<byte>.Shared.Rent(PublicKey.Size);
        try
        {
            var count = 0;
            while (await reader.ReadAsync(cancellationToken))
            {
                var sequence = reader.GetInt64(0);
                var amount = Database.BaseUnits(reader, 1);
                reader.GetBytes(2, 0, owner, 0, PublicKey.Size);
                buffer.Span[count++] = new Recipient(sequence, PublicKey.FromBytes(owner.AsSpan(0, PublicKey.Size)), amount);
            }

            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(owner);
        }
    }

    /// <summary>The first recipient who is owed more than an amount; null where nobody is.</summary>
    public async Task<(long Line, PublicKey Owner, ulong Amount)?> FindAbove(string campaignId, ulong amount, CancellationToken cancellationToken)
    {
        var found = await database.Query(
            "select line, owner, amount from campaign_recipients where campaign_id = $1 and amount > $2 order by sequence limit 1",
            [Sql.Text(campaignId), Sql.BaseUnits(amount)],
            reader => (reader.GetInt64(0), PublicKey.FromBytes(reader.GetFieldValue<byte[]>(1)), Database.BaseUnits(reader, 2)),
            cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>What a range of recipients is owed.</summary>
    /// <exception cref="OverflowException">More than 2^64 - 1 base units, which no upload accepts.</exception>
    public async Task<ulong> Sum(string campaignId, long first, long last, CancellationToken cancellationToken)
    {
        var sums = await database.Query(
            "select coalesce(sum(amount), 0) from campaign_recipients where campaign_id = $1 and sequence between $2 and $3",
            [Sql.Text(campaignId), Sql.Big(first), Sql.Big(last)],
            reader => Database.BaseUnits(reader, 0),
            cancellationToken);
        return sums[0];
    }
}
