using Npgsql;
using NpgsqlTypes;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Typed array parameters for <c>unnest</c>: many rows in one statement.</summary>
internal static class SqlArray
{
    public static NpgsqlParameter Text(string[] values) => Of(values, NpgsqlDbType.Text);

    public static NpgsqlParameter Bytes(byte[]?[] values) => Of(values, NpgsqlDbType.Bytea);

    public static NpgsqlParameter Big(long[] values) => Of(values, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Int(int[] values) => Of(values, NpgsqlDbType.Integer);

    public static NpgsqlParameter BaseUnits(decimal[] values) => Of(values, NpgsqlDbType.Numeric);

    private static NpgsqlParameter<T[]> Of<T>(T[] values, NpgsqlDbType element) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | element };
}
