using System.Reflection;
using Cluster.OrleansHost.Hosting;
using Cluster.OrleansHost.Reminders;
using Cluster.Silo.Hosting;
using Cluster.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using Xunit;

namespace Cluster.Tests.OrleansHost;

public sealed class ReminderAlarmsTests
{
    [Fact]
    public void An_alarm_that_rang_is_forgotten_wherever_its_grain_is_by_then()
    {
        var time = new FakeTimeProvider();
        using var alarms = new ReminderAlarms(
            DispatchProxy.Create<IGrainFactory, AwayFactory>(), Options.Create(new OrleansOptions()), time, NullLogger<ReminderAlarms>.Instance);
        alarms.Arm(new GrainId("wallet", "treasury"), "in-flight", time.GetUtcNow() + TimeSpan.FromMinutes(1));
        alarms.Arm(new GrainId("wallet", "payroll"), "in-flight", time.GetUtcNow() + TimeSpan.FromMinutes(3));

        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(1, alarms.Count);
    }

    /// <summary>Reaches no grain.</summary>
    public class AwayFactory : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new TimeoutException("no silo answers");
    }
}
