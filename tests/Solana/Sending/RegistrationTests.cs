using Cluster.Solana;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

public sealed class RegistrationTests
{
    [Fact]
    public async Task Registering_twice_makes_one_sender_that_serves_all_its_roles()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSolana(options => options.Endpoints.Add(new SolanaEndpointOptions { Url = new Uri("http://127.0.0.1:1") }));
        services.AddSolana(options => options.MaxInFlight = 5);
        await using var provider = services.BuildServiceProvider();

        var sender = provider.GetRequiredService<TransactionSender>();

        Assert.Same(sender, provider.GetRequiredService<ITransactionSender>());
        Assert.Same(sender, provider.GetServices<IHostedService>().Single());
        Assert.Same(sender.Rpc, provider.GetRequiredService<ISolanaRpc>());
    }

    [Fact]
    public async Task A_host_without_an_endpoint_does_not_start_and_says_which_setting_is_missing()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSolana(_ => { });
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("Solana:Endpoints must name at least one node", error.Message, StringComparison.Ordinal);
    }
}
