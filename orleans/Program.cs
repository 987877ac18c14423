using Cluster.Gateway.Hosting;
using Cluster.OrleansHost.Hosting;
using Microsoft.AspNetCore.Builder;

const int WrongUsage = 64;

try
{
    return args switch
    {
        ["silo", .. var options] => await Serve(SiloApplication.Build(options)),
        ["gateway", .. var options] => await Serve(OrleansGateway.Build(options)),
        ["migrate", .. var options] => await MigrateCommand.Run(options, Console.Out, GatewayApplication.Configuration()),
        _ => await ExplainUsage(),
    };
}
catch (Exception error) when ((OrleansStartFailure.Explain(error) ?? StartFailure.Explain(error)) is { } failure)
{
    foreach (var sentence in failure.Sentences)
    {
        await Console.Error.WriteLineAsync($"error: {sentence}");
    }

    return failure.ExitCode;
}

static async Task<int> Serve(WebApplication app)
{
    await using (app)
    {
        await app.RunAsync();
        return 0;
    }
}

static async Task<int> ExplainUsage()
{
    await Console.Error.WriteLineAsync(
        "usage: cluster-orleans silo|gateway [--Cluster:Option VALUE]..., or cluster-orleans migrate [--grant-to ROLE]. Options also come from appsettings.json and the environment (Cluster__Option).");
    return WrongUsage;
}
