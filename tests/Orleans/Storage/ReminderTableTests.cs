using Cluster.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Xunit;

namespace Cluster.Tests.OrleansHost.Storage;

/// <summary>Our statements, asked for by the provider itself.</summary>
public sealed class ReminderTableTests : IAsyncLifetime
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private TestDatabase _database = null!;
    private IHost _silo = null!;
    private IReminderTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _silo = new HostBuilder().UseOrleans(silo => silo
            .UseLocalhostClustering()
            .Configure<ClusterOptions>(options => options.ServiceId = "service")
            .UseAdoNetReminderService(options => (options.Invariant, options.DataSource) = ("Npgsql", _database.Source))).Build();
        _table = _silo.Services.GetRequiredService<IReminderTable>();
        await _table.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _silo.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_reminder_is_set_read_and_removed_by_the_etag_of_its_last_setting()
    {
        var grain = GrainId.Create("wallet", "a");
        var first = await Set(grain, "due", TimeSpan.FromMinutes(1));
        var second = await Set(grain, "due", TimeSpan.FromDays(100));

        var read = await _table.ReadRow(grain, "due");
        Assert.NotNull(read);
        Assert.False(await _table.RemoveRow(grain, "due", first));
        Assert.True(await _table.RemoveRow(grain, "due", second));
        Assert.False(await _table.RemoveRow(grain, "due", second));

        Assert.Equal((grain, "due", Noon, TimeSpan.FromDays(100), second), (read.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.Null(await _table.ReadRow(grain, "due"));
    }

    [Fact]
    public async Task Ranges_of_the_ring_divide_all_reminders_among_them()
    {
        var grains = Enumerable.Range(0, 200).Select(n => GrainId.Create("wallet", $"w{n}")).ToList();
        foreach (var grain in grains)
        {
            await Set(grain, "due", TimeSpan.FromMinutes(1));
        }

        foreach (var bounds in new uint[][] { [0], [5, 0x7fff_ffff], [0x1000_0000, 0x8000_0000, 0xf000_0000], [0x7fff_fff0, 0x8000_0010, 0xffff_ffff, 1] })
        {
            var found = new List<GrainId>();
            for (var i = 0; i < bounds.Length; i++)
            {
                var (begin, end) = (bounds[i], bounds[(i + 1) % bounds.Length]);
                var range = (await _table.ReadRows(begin, end)).Reminders.Select(reminder => reminder.GrainId).ToList();
                Assert.All(range, grain => Assert.True(IsIn(begin, end, grain.GetUniformHashCode())));
                found.AddRange(range);
            }

            Assert.Equal(grains.Order(), found.Order());
        }
    }

    [Fact]
    public async Task A_grain_has_its_own_reminders_and_a_service_all_of_them()
    {
        var grain = GrainId.Create("wallet", "a");
        await Set(grain, "one", TimeSpan.FromMinutes(1));
        await Set(grain, "two", TimeSpan.FromMinutes(1));
        await Set(GrainId.Create("wallet", "b"), "one", TimeSpan.FromMinutes(1));

        Assert.Equal(["one", "two"], (await _table.ReadRows(grain)).Reminders.Select(reminder => reminder.ReminderName).Order());
        await _table.TestOnlyClearTable();
        Assert.Empty((await _table.ReadRows(0, 0)).Reminders);
    }

    private static bool IsIn(uint begin, uint end, uint hash) =>
        begin < end ? begin < hash && hash <= end : hash > begin || hash <= end;

    private async Task<string> Set(GrainId grain, string name, TimeSpan period) =>
        (await _table.UpsertRow(new ReminderEntry { GrainId = grain, ReminderName = name, StartAt = Noon, Period = period }))!;
}
