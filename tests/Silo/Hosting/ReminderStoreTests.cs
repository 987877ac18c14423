using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

public sealed class ReminderStoreTests : IAsyncLifetime
{
    private static readonly GrainId Grain = new("wallet", "w-1");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly CancellationToken None = CancellationToken.None;

    private TestDatabase _database = null!;
    private ReminderStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _store = new ReminderStore(_database.Open());
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_is_due_is_taken_and_held()
    {
        await _store.Set(Grain, "wake", Now, Minute, None);
        await _store.Set(Grain, "later", Now + (2 * Minute), Minute, None);

        var taken = Assert.Single(await _store.TakeDue(Now, Now + Minute, 10, None));
        Assert.Equal((Grain, "wake", Now, Minute, 1), (taken.Grain, taken.Name, taken.DueAt, taken.Period, taken.Attempt));
        Assert.Empty(await _store.TakeDue(Now, Now + Minute, 10, None));

        Assert.Equal(2, Assert.Single(await _store.TakeDue(Now + Minute, Now + (2 * Minute), 1, None)).Attempt);
    }

    [Fact]
    public async Task Many_silos_at_once_take_each_reminder_once()
    {
        for (var number = 0; number < 500; number++)
        {
            await _store.Set(new GrainId("wallet", $"w-{number}"), "wake", Now, Minute, None);
        }

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var mine = new List<string>();
            while (await _store.TakeDue(Now, Now + Minute, 7, None) is { Count: > 0 } some)
            {
                mine.AddRange(some.Select(reminder => reminder.Grain.Key));
            }

            return mine;
        })));

        var all = taken.SelectMany(mine => mine).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());

        // A silo that found only rows that others were just taking has stopped early; nothing is lost, only later.
        var rest = await _store.TakeDue(Now, Now + Minute, 500, None);
        Assert.Equal(500, all.Count + rest.Count);
    }

    [Fact]
    public async Task One_that_was_set_anew_or_removed_meanwhile_is_not_touched_by_the_end_of_the_older_turn()
    {
        await _store.Set(Grain, "anew", Now, Minute, None);
        await _store.Set(Grain, "removed and set", Now, Minute, None);
        var taken = await _store.TakeDue(Now, Now + Minute, 10, None);
        await _store.Set(Grain, "anew", Now + (5 * Minute), Minute, None);
        await _store.Remove(Grain, "removed and set", None);
        await _store.Set(Grain, "removed and set", Now + (5 * Minute), Minute, None);

        await _store.Complete(taken[0], Now + (9 * Minute), None);
        await _store.Postpone(taken[1], Now + (9 * Minute), None);

        Assert.Empty(await _store.TakeDue(Now + (4 * Minute), Now + (5 * Minute), 10, None));
        Assert.Equal(2, (await _store.TakeDue(Now + (5 * Minute), Now + (6 * Minute), 10, None)).Count);
    }

    [Fact]
    public async Task One_reminder_of_a_grain_is_taken_where_it_is_due_and_held_by_nobody()
    {
        await _store.Set(Grain, "wake", Now, Minute, None);
        await _store.Set(Grain, "later", Now + Minute, Minute, None);

        Assert.Null(await _store.TakeDue(Grain, "wake", Now - Minute, Now, None));
        Assert.Null(await _store.TakeDue(Grain, "never set", Now, Now + Minute, None));
        var taken = await _store.TakeDue(Grain, "wake", Now, Now + Minute, None);
        Assert.Equal((Grain, "wake", Now, Minute, 1), (taken!.Grain, taken.Name, taken.DueAt, taken.Period, taken.Attempt));
        Assert.Null(await _store.TakeDue(Grain, "wake", Now, Now + Minute, None));
        Assert.Equal(Now + Minute, await _store.FindNextTry(Grain, "wake", None));
        Assert.Null(await _store.FindNextTry(Grain, "never set", None));
    }

    [Fact]
    public async Task All_reminders_are_listed_page_by_page()
    {
        string[] keys = ["a", "b", "b/1", "c"];
        foreach (var key in keys)
        {
            await _store.Set(new GrainId("wallet", key), "one", Now, Minute, None);
            await _store.Set(new GrainId("wallet", key), "two", Now, Minute, None);
        }

        var listed = new List<(GrainId Grain, string Name)>();
        while (await _store.List(listed.Count == 0 ? null : listed[^1], 3, None) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 3);
            listed.AddRange(page);
        }

        Assert.Equal(8, listed.Distinct().Count());
        Assert.Equal(8, listed.Count);
    }
}
