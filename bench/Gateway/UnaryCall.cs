using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cluster.Bench.Campaigns;
using Cluster.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cluster.Bench.Gateway;

/// <summary>A unary call through gateway and grain, beside a Kestrel endpoint that answers fixed bytes.</summary>
internal sealed partial class UnaryCall : Benchmark
{
    private const double AtLeast = 0.6;
    private const int Streams = 64;
    private const int Calls = 100_000;
    private const string Path = "/cluster.v1.Wallets/GetWallet";

    public override string Name => "unary";

    public override string Figure => $"unary gRPC calls (GetWallet) through gateway and grain, {Streams} streams";

    public override string Reference => "a bare Kestrel endpoint that answers fixed bytes";

    public override string Bound => $"{AtLeast:N1} ×";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        await using var bench = await CampaignBench.Connect(cancellationToken);
        var wallet = await bench.Cluster.Call<Wallet>(new GetWalletRequest { WalletId = "bench" }, cancellationToken);
        var request = System.IO.Path.GetTempFileName();
        await File.WriteAllBytesAsync(request, Frame(new GetWalletRequest { WalletId = "bench" }), cancellationToken);
        await using var bare = await StartBare(Frame(wallet), cancellationToken);
        var address = bare.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        try
        {
            var comparison = await Comparison.Of(
                () => Load(CampaignBench.Server.ToString().TrimEnd('/'), request, cancellationToken),
                () => Load(address, request, cancellationToken));
            return comparison.Row(AtLeast, "calls/s");
        }
        finally
        {
            File.Delete(request);
        }
    }

    private static byte[] Frame(IMessage message)
    {
        var body = message.ToByteArray();
        var frame = new byte[5 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), body.Length);
        body.CopyTo(frame, 5);
        return frame;
    }

    private static async Task<WebApplication> StartBare(byte[] reply, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
            await context.Response.BodyWriter.WriteAsync(reply, context.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
        return app;
    }

    /// <summary>Calls a second, by h2load.</summary>
    private static async Task<double> Load(string server, string request, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("h2load")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            ArgumentList =
            {
                "--clients=1", $"--max-concurrent-streams={Streams}", $"--requests={Calls}", $"--data={request}",
                "--header=content-type: application/grpc", "--header=te: trailers",
                $"--header=authorization: Bearer {CampaignBench.Key}", server + Path,
            },
        };
        using var load = Process.Start(start)!;
        var output = await load.StandardOutput.ReadToEndAsync(cancellationToken);
        await load.WaitForExitAsync(cancellationToken);
        if (!output.Contains($"{Calls} succeeded", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"not every call succeeded:\n{output}");
        }

        return double.Parse(RequestsASecond().Match(output).Groups["rate"].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?<rate>[0-9.]+) req/s", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequestsASecond();
}
