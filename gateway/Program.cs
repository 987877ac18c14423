using Cluster.Gateway.Access;
using Cluster.Gateway.Hosting;

try
{
    if (args is ["key", .. var command])
    {
        return await KeyCommand.Run(command, Console.Out, GatewayApplication.Configuration());
    }

    if (args is ["migrate", .. var options])
    {
        return await MigrateCommand.Run(options, Console.Out, GatewayApplication.Configuration());
    }

    await using var app = GatewayApplication.Build(args, EmbeddedSilo.AddEmbeddedSilo);
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (StartFailure.Explain(error) is { } failure)
{
    foreach (var sentence in failure.Sentences)
    {
        await Console.Error.WriteLineAsync($"error: {sentence}");
    }

    return failure.ExitCode;
}
