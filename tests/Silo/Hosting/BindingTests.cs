using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Binding;
using Cluster.Tests.Silo.Hosting.Contract;
using Cluster.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

public sealed class BindingTests
{
    [Fact]
    public async Task What_fits_is_bound()
    {
        using var host = Build(services => services.AddGrain<FittingGrain>("probe").AddQueries<FittingQueries>());
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5, host.Services.GetRequiredService<IOperations>().Methods.Count);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task A_registration_made_twice_is_one() =>
        AssertStarts(services => services
            .AddGrain<FittingGrain>("probe").AddGrain<FittingGrain>("probe")
            .AddQueries<FittingQueries>().AddQueries<FittingQueries>()
            .AddEmbeddedHost());

    [Fact]
    public async Task The_process_does_not_start_where_nothing_is_implemented_and_says_all_that_is_missing()
    {
        var errors = await ErrorsOf(_ => { });
        Assert.Equal(4, errors.Count);
        Assert.Contains(errors, error => error.Contains("grain type probe") && error.Contains("AddGrain<TGrain>(\"probe\")"));
        Assert.Contains(errors, error => error.Contains("IAsyncEnumerable<Total> WatchTotal(WatchTotalRequest request, Call call)"));
        Assert.Contains(errors, error => error.Contains("Task<Total> UploadAmounts(IAsyncEnumerable<UploadAmountsRequest> requests, Call call)"));
    }

    [Fact]
    public async Task Rpcs_without_a_method_methods_without_an_rpc_and_wrong_signatures_are_told_together()
    {
        var errors = await ErrorsOf(services => services.AddGrain<UnfittingGrain>("probe").AddQueries<FittingQueries>());

        Assert.Equal(5, errors.Count);
        Assert.Contains(errors, error => error.Contains("UnfittingGrain.Dance is public and no rpc"));
        Assert.Contains(errors, error => error.Contains("UnfittingGrain has no method for cluster.tests.hosting.Probes.AddToTotal"));
        Assert.Contains(errors, error => error.Contains("UnfittingGrain.GetTotal does not fit") && error.Contains("public Task<Total> GetTotal(GetTotalRequest request, Call call)"));
        Assert.Contains(errors, error => error.Contains("UnfittingGrain.Act does not fit"));
        Assert.Contains(errors, error => error.Contains("UnfittingGrain has no method for cluster.tests.hosting.ProbeOperations.Look"));
    }

    [Fact]
    public async Task Two_implementers_are_one_too_many()
    {
        var errors = await ErrorsOf(services => services
            .AddGrain<FittingGrain>("probe").AddGrain<OtherFittingGrain>("probe")
            .AddQueries<FittingQueries>().AddQueries<OtherQueries>());

        Assert.Equal(2, errors.Count);
        Assert.Contains("FittingGrain and OtherFittingGrain are both registered as grain type probe: keep one.", errors);
        Assert.Contains(errors, error => error.Contains("FittingQueries and OtherQueries both implement cluster.tests.hosting.Probes.ListTotals"));
    }

    [Fact]
    public async Task A_grain_type_that_no_service_names_is_told()
    {
        var errors = await ErrorsOf(services => services
            .AddGrain<FittingGrain>("probe").AddQueries<FittingQueries>().AddGrain<OtherFittingGrain>("prob"));
        Assert.Contains("grain type prob,", Assert.Single(errors));
    }

    [Fact]
    public Task A_process_that_hosts_no_grain_needs_query_handlers_alone() =>
        AssertStarts(services => services
            .AddSingleton(new HostedParts(_ => false, HostsQueries: true))
            .AddQueries<FittingQueries>());

    [Fact]
    public async Task What_a_process_does_not_host_must_not_be_registered_in_it()
    {
        var errors = await ErrorsOf(services => services
            .AddSingleton(new HostedParts(_ => false, HostsQueries: false))
            .AddGrain<FittingGrain>("probe")
            .AddQueries<FittingQueries>());

        Assert.Equal(2, errors.Count);
        Assert.Contains("FittingGrain is registered as grain type probe, which this process does not host.", errors);
        Assert.Contains("FittingQueries is registered as a query handler, and this process answers no queries.", errors);
    }

    [Theory]
    [InlineData(0, 1, "MailboxBound")]
    [InlineData(1_000, 0, "MaxActivations")]
    public async Task Limits_out_of_range_stop_the_start_and_name_the_setting(int mailboxBound, int maxActivations, string setting)
    {
        using var host = Build(services => services
            .AddGrain<FittingGrain>("probe").AddQueries<FittingQueries>()
            .Configure<Cluster.Silo.Hosting.Turns.GrainHostOptions>(options =>
                (options.MailboxBound, options.MaxActivations) = (mailboxBound, maxActivations)));
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(setting, error.Message);
    }

    private static async Task<IReadOnlyList<string>> ErrorsOf(Action<IServiceCollection> register)
    {
        using var host = Build(register);
        return (await Assert.ThrowsAsync<BindingException>(() => host.StartAsync())).Errors;
    }

    private static async Task AssertStarts(Action<IServiceCollection> register)
    {
        using var host = Build(register);
        await host.StartAsync();
        await host.StopAsync();
    }

    private static IHost Build(Action<IServiceCollection> register)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddSingleton<TimeProvider>(new FakeTimeProvider())
            .AddSingleton(new Cluster.Silo.Storage.Database(Npgsql.NpgsqlDataSource.Create("Host=127.0.0.1;Port=1"), TimeProvider.System, TestAuditKeys.Ring()))
            .AddContract(ProbesReflection.Descriptor)
            .AddEmbeddedHost();
        register(builder.Services);
        return builder.Build();
    }

#pragma warning disable CA1822 // Rpcs are bound to instance methods, whether these need the instance or not.
    private class FittingGrain : Grain, IDisposable
    {
        public Task<Total> AddToTotal(AddToTotalRequest request, Call call) => Task.FromResult(new Total());

        public Task<Total> GetTotal(GetTotalRequest request, Call call) => Task.FromResult(new Total());

        public Task<ActReply> Act(ActRequest request, Call call) => Task.FromResult(new ActReply());

        public Task<ActReply> Look(LookRequest request, Call call) => Task.FromResult(new ActReply());

        // Of an interface, not of the contract.
        public void Dispose() => GC.SuppressFinalize(this);
    }

    private sealed class OtherFittingGrain : FittingGrain;

    private sealed class UnfittingGrain : Grain
    {
        public Task<ActReply> GetTotal(GetTotalRequest request, Call call) => Task.FromResult(new ActReply());

        public Task<ActReply> Act(ActRequest request) => Task.FromResult(new ActReply());

        public Task<int> Dance(int steps) => Task.FromResult(steps);

        internal Task<ActReply> Look(LookRequest request, Call call) => Task.FromResult(new ActReply());
    }

    private sealed class FittingQueries
    {
        public Task<ListTotalsReply> ListTotals(ListTotalsRequest request, Call call) => Task.FromResult(new ListTotalsReply());

        public IAsyncEnumerable<Total> WatchTotal(WatchTotalRequest request, Call call) => AsyncEnumerable.Empty<Total>();

        public Task<Total> UploadAmounts(IAsyncEnumerable<UploadAmountsRequest> requests, Call call) => Task.FromResult(new Total());
    }

    private sealed class OtherQueries
    {
        public Task<ListTotalsReply> ListTotals(ListTotalsRequest request, Call call) => Task.FromResult(new ListTotalsReply());
    }
}
