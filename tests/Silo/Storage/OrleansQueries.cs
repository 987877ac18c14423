using Npgsql;
using NpgsqlTypes;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

/// <summary>
/// Sends the statements of <c>orleansquery</c> as Orleans' ADO.NET providers do: by key, with named parameters of text,
/// 32-bit integers and UTC times (<c>RelationalOrleansQueries</c> of Orleans 10.4).
/// </summary>
internal sealed class OrleansQueries(NpgsqlDataSource source)
{
    public async Task<bool> Ask(string key, params (string Name, object? Value)[] parameters) =>
        (bool)Assert.Single(Assert.Single(await Read(key, parameters)).Values)!;

    /// <summary>Rows by column name, which providers compare without regard to case.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> Read(string key, params (string Name, object? Value)[] parameters)
    {
        await using var command = source.CreateCommand(await Text(key));
        foreach (var (name, value) in parameters)
        {
            var parameter = new NpgsqlParameter(name, value ?? DBNull.Value);
            if (value is null)
            {
                parameter.NpgsqlDbType = NpgsqlDbType.Text;
            }

            command.Parameters.Add(parameter);
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName,
                column => reader.IsDBNull(column) ? null : reader.GetValue(column),
                StringComparer.OrdinalIgnoreCase));
        }

        return rows;
    }

    private async Task<string> Text(string key)
    {
        await using var command = source.CreateCommand("select querytext from orleansquery where querykey = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        return (string)(await command.ExecuteScalarAsync() ?? throw new InvalidOperationException($"there is no statement {key}"));
    }
}
