using System.Diagnostics;
using Cluster.Bench.Grains.Contract;
using Cluster.Silo.Hosting;
using Cluster.Silo.Keys;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Audit;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Cluster.Bench.Grains;

/// <summary>Calls through the whole of the embedded host, timers, collector and metrics included; only the database is left alone.</summary>
internal sealed class GrainCalls : Benchmark
{
    /// <summary>How many call at once.</summary>
    public const int Callers = 256;

    private const int Grains = 1_024;
    private const int CallsEach = 40_000;
    private const int SlowCallsEach = 2_000;
    private const int CallsUntilYield = 64;
    private const double AtLeast = 2_000_000;

    private static readonly Call Call = Call.System("bench");
    private static readonly string[] Keys = [.. Enumerable.Range(0, Grains).Select(number => $"counter-{number}")];

    public override string Name => "grains";

    public override string Figure => $"grain calls a second in the embedded host, {Callers} callers over {Grains:N0} grains";

    public override string Reference => "";

    public override string Bound => $"{AtLeast:N0}";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        using var host = BuildHost(_ => { });
        await host.StartAsync(cancellationToken);
        var grains = host.Services.GetRequiredService<IGrains>();
        var quick = await Median(grains, CallsEach, key => new CountUpRequest { CounterId = key });
        var slow = await Median(grains, SlowCallsEach, key => new CountUpSlowlyRequest { CounterId = key });
        await host.StopAsync(cancellationToken);
        return new($"{quick:N0}/s", $"{slow:N0}/s where every turn gives its thread away", quick >= AtLeast);
    }

    private static async Task<double> Median(IGrains grains, int callsEach, Func<string, IMessage> request)
    {
        await Rate(grains, callsEach, request);
        var rates = new List<double>();
        for (var round = 0; round < Comparison.Rounds; round++)
        {
            rates.Add(await Rate(grains, callsEach, request));
        }

        return Comparison.Median(rates);
    }

    /// <summary>Calls a second, of all callers together; every call is counted.</summary>
    public static async Task<double> Rate(IGrains grains, int callsEach, Func<string, IMessage> request)
    {
        var before = await Sum(grains);
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallMany(grains, caller, callsEach, request))));
        var elapsed = Stopwatch.GetElapsedTime(start);
        var counted = await Sum(grains) - before;
        return counted == (long)Callers * callsEach
            ? counted / elapsed.TotalSeconds
            : throw new InvalidOperationException($"{counted:N0} of {(long)Callers * callsEach:N0} calls were counted: two turns of a grain met");
    }

    private static async Task CallMany(IGrains grains, int seed, int calls, Func<string, IMessage> request)
    {
        var random = new Random(seed);
        for (var count = 1; count <= calls; count++)
        {
            await grains.Call<Count>(request(Keys[random.Next(Grains)]), Call);
            if (count % CallsUntilYield == 0)
            {
                // So that all callers are on their way at once, and not one a core after the other.
                await Task.Yield();
            }
        }
    }

    private static async Task<long> Sum(IGrains grains)
    {
        var sum = 0L;
        foreach (var key in Keys)
        {
            sum += (await grains.Call<Count>(new GetCountRequest { CounterId = key }, Call)).Count_;
        }

        return sum;
    }

    /// <summary>A host of counters.</summary>
    public static IHost BuildHost(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddSingleton(new Database(NpgsqlDataSource.Create("Host=127.0.0.1"), TimeProvider.System, new AuditKeyRing(new AuditKey(SecretBytes.Random(AuditKey.Size)))))
            .AddContract(CountersReflection.Descriptor)
            .AddGrain<CounterGrain>("counter")
            .AddEmbeddedHost();
        builder.Services.RemoveAll<IHostedService>();
        builder.Services.AddSingleton(provider => (IHostedService)provider.GetRequiredService<IGrains>());
        add(builder.Services);
        return builder.Build();
    }
}
