using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

/// <summary>What <c>IReminderTable</c> of Orleans 10.4 demands of its storage.</summary>
public sealed class OrleansReminderTests : IAsyncLifetime
{
    private const string Service = "service";

    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private TestDatabase _database = null!;
    private OrleansQueries _queries = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _queries = new OrleansQueries(_database.Source);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_reminder_is_read_as_it_was_last_set_with_the_version_of_that()
    {
        var first = await Upsert("wallet/a", "due", hash: 1);
        var second = await Upsert("wallet/a", "due", hash: 1, start: Noon.AddHours(1), period: 90_000);

        Assert.NotEqual(first, second);
        var reminder = Assert.Single(await Read("wallet/a", "due"));
        Assert.Equal(
            ("wallet/a", "due", Noon.AddHours(1), 90_000L, second),
            ((string)reminder["GrainId"]!, (string)reminder["ReminderName"]!, (DateTime)reminder["StartTime"]!, (long)reminder["Period"]!, (int)reminder["Version"]!));
        Assert.Empty(await Read("wallet/a", "other"));
    }

    [Fact]
    public async Task A_period_may_be_longer_than_an_integer_of_milliseconds()
    {
        await Upsert("wallet/a", "due", hash: 1, period: 1L << 40);

        Assert.Equal(1L << 40, Assert.Single(await Read("wallet/a", "due"))["Period"]);
    }

    [Fact]
    public async Task A_reminder_is_deleted_only_in_the_version_that_was_read()
    {
        var first = await Upsert("wallet/a", "due", hash: 1);
        var second = await Upsert("wallet/a", "due", hash: 1);

        Assert.False(await Delete("wallet/a", "due", first));
        Assert.True(await Delete("wallet/a", "due", second));
        Assert.False(await Delete("wallet/a", "due", second));
        var third = await Upsert("wallet/a", "due", hash: 1);
        Assert.False(await Delete("wallet/a", "due", first), "a version is not used again by the next reminder of that name");
        Assert.True(await Delete("wallet/a", "due", third));
    }

    [Fact]
    public async Task A_grain_has_its_own_reminders()
    {
        await Upsert("wallet/a", "one", hash: 1);
        await Upsert("wallet/a", "two", hash: 1);
        await Upsert("wallet/b", "one", hash: 2);

        var reminders = await _queries.Read("ReadReminderRowsKey", ("ServiceId", Service), ("GrainId", "wallet/a"));

        Assert.Equal(["one", "two"], reminders.Select(reminder => (string)reminder["ReminderName"]!).Order());
    }

    [Theory]
    [InlineData(1, 3, new[] { 2, 3 })]
    [InlineData(int.MinValue, 1, new[] { -3, 0, 1 })]
    [InlineData(-3, 2, new[] { 0, 1, 2 })]
    [InlineData(2, -3, new[] { int.MinValue, -3, 3, int.MaxValue })]
    [InlineData(2, 2, new[] { int.MinValue, -3, 0, 1, 2, 3, int.MaxValue })]
    [InlineData(int.MaxValue, int.MinValue, new[] { int.MinValue })]
    public async Task A_range_of_the_ring_is_open_where_it_begins_and_closed_where_it_ends(int begin, int end, int[] expected)
    {
        foreach (var hash in new[] { int.MinValue, -3, 0, 1, 2, 3, int.MaxValue })
        {
            await Upsert($"wallet/{hash}", "due", hash);
        }

        // The provider's choice of form (ReadReminderRowsAsync).
        var reminders = await _queries.Read(
            begin < end ? "ReadRangeRows1Key" : "ReadRangeRows2Key", ("ServiceId", Service), ("BeginHash", begin), ("EndHash", end));

        Assert.Equal(expected.Select(hash => $"wallet/{hash}").Order(), reminders.Select(reminder => (string)reminder["GrainId"]!).Order());
    }

    [Fact]
    public async Task Services_in_one_database_know_nothing_of_each_other()
    {
        await Upsert("wallet/a", "due", hash: 1);
        await Upsert("wallet/a", "due", hash: 1, service: "other");

        await _queries.Read("DeleteReminderRowsKey", ("ServiceId", Service));

        Assert.Empty(await Read("wallet/a", "due"));
        Assert.Single(await _queries.Read("ReadRangeRows2Key", ("ServiceId", "other"), ("BeginHash", 0), ("EndHash", 0)));
    }

    private async Task<int> Upsert(
        string grain, string name, int hash, DateTime? start = null, object? period = null, string service = Service) =>
        (int)Assert.Single(await _queries.Read(
            "UpsertReminderRowKey",
            ("ServiceId", service), ("GrainHash", hash), ("GrainId", grain), ("ReminderName", name), ("StartTime", start ?? Noon), ("Period", period ?? 60_000)))["Version"]!;

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> Read(string grain, string name) =>
        _queries.Read("ReadReminderRowKey", ("ServiceId", Service), ("GrainId", grain), ("ReminderName", name));

    private Task<bool> Delete(string grain, string name, int version) =>
        _queries.Ask("DeleteReminderRowKey", ("ServiceId", Service), ("GrainId", grain), ("ReminderName", name), ("Version", version));
}
