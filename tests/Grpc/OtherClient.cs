using System.Diagnostics;
using System.Text.Json;
using Cluster.Tests.Support;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Tests.Grpc;

/// <summary>gRPC implementations of other languages, as clients of a server of ours.</summary>
internal static class OtherClient
{
    /// <summary>Debian's interpreter: the one that python3-grpcio belongs to.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>All files that the tests' services are described in, dependencies first, for a client without protoc.</summary>
    public static string Descriptors { get; } = DescriptorsOf(
        EchoReflection.Descriptor,
        Cluster.Grpc.Health.V1.HealthReflection.Descriptor,
        Cluster.Grpc.Reflection.V1.ReflectionReflection.Descriptor,
        Cluster.Grpc.Reflection.ReflectionV1Alpha.Descriptor);

    public static async Task<JsonElement> RunNodeAsync(Uri server)
    {
        await NodePackages.EnsureAsync("tests/clients");
        return await RunAsync(
            "node",
            RepositoryRoot.Combine("tests", "clients", "grpc_client.mjs"),
            server.Authority,
            RepositoryRoot.Combine("tests", "Grpc", "echo.proto"),
            RepositoryRoot.Combine("grpc", "protos"));
    }

    public static async Task<JsonElement> RunPythonAsync(Uri server)
    {
        await DemandPythonAsync();
        return await RunAsync(Python, RepositoryRoot.Combine("tests", "clients", "grpc_client.py"), server.Authority, Descriptors);
    }

    public static async Task DemandPythonAsync()
    {
        using var probe = Start(Python, "-c", "import grpc, google.protobuf");
        await probe.WaitForExitAsync();
        if (probe.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Python} has no gRPC: apt-get install python3-grpcio python3-protobuf");
        }
    }

    public static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{program} did not start");

    /// <summary>Runs a client to its end and reads the one JSON value that it prints.</summary>
    public static async Task<JsonElement> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        return process.ExitCode == 0
            ? JsonDocument.Parse(await output).RootElement
            : throw new InvalidOperationException($"{program} {arguments[0]} ended with {process.ExitCode}:\n{await errors}");
    }

    /// <summary>These files and all that they import, as the argument of a client without protoc.</summary>
    public static string DescriptorsOf(params ReadOnlySpan<FileDescriptor> files)
    {
        var set = new FileDescriptorSet();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            Add(file);
        }

        return Convert.ToBase64String(set.ToByteArray());

        void Add(FileDescriptor file)
        {
            if (known.Add(file.Name))
            {
                foreach (var dependency in file.Dependencies)
                {
                    Add(dependency);
                }

                set.File.Add(file.ToProto());
            }
        }
    }
}
