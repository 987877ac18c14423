using System.Diagnostics;
using System.Globalization;
using Cluster.Silo.Storage.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(Cluster.Tests.Support.PostgresLifetime))]

namespace Cluster.Tests.Support;

/// <summary>
/// A real PostgreSQL on a free loopback port, in a temporary folder, never run as root. Tests share one
/// (<see cref="Shared"/>) and make a database each; a test that kills the server starts its own (<see cref="Start"/>).
/// The server ends with the test process, even where that is killed: its supervisor reads a pipe that only the test
/// process holds open.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Superuser = "postgres";

    /// <summary>
    /// Runs the postmaster until the pipe at its input closes (a fast end, then the folder goes) or says "keep" (the
    /// postmaster was killed and will be started again on the same folder).
    /// </summary>
    private const string Supervisor =
        """
        data=$1; log=$2; shift 2
        "$@" -D "$data" >>"$log" 2>&1 &
        server=$!
        echo "$server"
        order=
        read -r order || :
        kill -INT "$server" 2>/dev/null || :
        wait "$server" || :
        [ "$order" = keep ] || rm -rf "$(dirname "$data")"
        """;

    private static readonly Lock Gate = new();
    private static Task<PostgresServer>? _shared;

    private readonly string _folder;
    private readonly bool _durable;
    private readonly SemaphoreSlim _creating = new(1, 1);
    private Process? _supervisor;
    private int _postmaster;
    private int _port;
    private int _databases;
    private bool _templateMade;

    private PostgresServer(string folder, bool durable)
    {
        _folder = folder;
        _durable = durable;
    }

    /// <summary>Where the server listens.</summary>
    public string ConnectionString => ConnectionStringTo(Superuser);

    private string DataFolder => Path.Combine(_folder, "data");

    private string LogFile => Path.Combine(_folder, "postgres.log");

    /// <summary>The server of this test run, started by the first test that asks.</summary>
    public static Task<PostgresServer> Shared()
    {
        lock (Gate)
        {
            return _shared ??= Start();
        }
    }

    /// <summary>A server of the caller's own.</summary>
    /// <param name="durable">With fsync, as in production; without it is faster and survives the death of the server all the same, though not of the machine.</param>
    public static async Task<PostgresServer> Start(bool durable = false)
    {
        // Below /tmp, since another user than root must reach it.
        var folder = Directory.CreateTempSubdirectory("cluster-postgres-").FullName;
        var server = new PostgresServer(folder, durable);
        if (Environment.IsPrivilegedProcess)
        {
            await RunToEnd("chown", Superuser, folder);
        }

        await RunToEnd(
        [
            .. AsPostgres(Binary("initdb")), "-D", server.DataFolder, "-U", Superuser, "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync", "--no-instructions",
        ]);
        await server.StartProcess(LoopbackPort.Reserve());
        return server;
    }

    internal static async Task StopShared()
    {
        Task<PostgresServer>? shared;
        lock (Gate)
        {
            shared = _shared;
        }

        if (shared is not null)
        {
            await (await shared).DisposeAsync();
        }
    }

    /// <summary>A new database with the schema of this build.</summary>
    public async Task<TestDatabase> CreateDatabase()
    {
        await _creating.WaitAsync();
        try
        {
            if (!_templateMade)
            {
                await MakeTemplate();
                _templateMade = true;
            }
        }
        finally
        {
            _creating.Release();
        }

        return await Create("template schema_template");
    }

    /// <summary>A new database with nothing in it.</summary>
    public Task<TestDatabase> CreateEmptyDatabase() => Create("template template0");

    /// <summary>Kills the server and all of its processes with signal 9, as a power failure of the server would.</summary>
    public async Task Kill()
    {
        var processes = File.ReadAllText($"/proc/{_postmaster}/task/{_postmaster}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture))
            .Prepend(_postmaster);
        await RunToEnd("/bin/sh", "-c", $"kill -9 {string.Join(' ', processes)} 2>/dev/null || :");
        await _supervisor!.StandardInput.WriteLineAsync("keep");
        await _supervisor.StandardInput.FlushAsync();
        await _supervisor.WaitForExitAsync();
        _supervisor.Dispose();
        _supervisor = null;
    }

    /// <summary>Starts the killed server again, on the same port; returns when it has recovered.</summary>
    public Task Restart() => StartProcess(_port);

    /// <summary>Ends the server and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_supervisor is not null)
        {
            _supervisor.StandardInput.Close();
            await _supervisor.WaitForExitAsync();
            _supervisor.Dispose();
            _supervisor = null;
        }
        else if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        _creating.Dispose();
    }

    internal async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringTo(Superuser) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    internal static string Binary(string name)
    {
        var path = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin", name))
                .FirstOrDefault(File.Exists)
            : null;
        path ??= (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return path ?? throw new InvalidOperationException(
            $"The tests need PostgreSQL's {name}, in /usr/lib/postgresql/*/bin or in PATH: apt-get install postgresql");
    }

    private async Task<TestDatabase> Create(string how)
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await _creating.WaitAsync();
        try
        {
            await Execute($"create database {name} {how}");
        }
        finally
        {
            _creating.Release();
        }

        return new TestDatabase(this, name, ConnectionStringTo(name));
    }

    private async Task MakeTemplate()
    {
        await Execute("create database schema_template template template0");
        await using var source = NpgsqlDataSource.Create(ConnectionStringTo("schema_template") + ";Pooling=false");
        var migrator = new SchemaMigrator(source, MigrationCatalog.Embedded, TimeProvider.System, NullLogger<SchemaMigrator>.Instance);
        await migrator.Migrate(CancellationToken.None);
    }

    private string ConnectionStringTo(string database) =>
        $"Host=127.0.0.1;Port={_port};Username={Superuser};Database={database}";

    private async Task StartProcess(int port)
    {
        _port = port;
        // The supervisor runs as the tests do, so that it can remove the folder wherever that stands, and in a session of
        // its own, so that a signal to the tests' process group does not end it before it has cleaned up.
        var start = StartInfo(
            "setsid",
            [
                "/bin/sh", "-c", Supervisor, "postgres-supervisor", DataFolder, LogFile,
                .. AsPostgres(Binary("postgres")),
                "-c", "listen_addresses=127.0.0.1", "-c", $"port={port}", "-c", "unix_socket_directories=",
                "-c", $"fsync={(_durable ? "on" : "off")}", "-c", $"full_page_writes={(_durable ? "on" : "off")}",
                "-c", "max_connections=300", "-c", "shared_buffers=128MB", "-c", "log_min_messages=warning",
            ]);
        start.RedirectStandardInput = true;
        _supervisor = Process.Start(start)!;
        _postmaster = int.Parse((await _supervisor.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await AwaitReady();
    }

    private async Task AwaitReady()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Execute("select 1");
                return;
            }
            catch (NpgsqlException) when (attempt < 600 && !_supervisor!.HasExited && Directory.Exists($"/proc/{_postmaster}"))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25));
            }
            catch (NpgsqlException error)
            {
                throw new InvalidOperationException($"PostgreSQL did not start:\n{File.ReadAllText(LogFile)}", error);
            }
        }
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string[] AsPostgres(string file) => Environment.IsPrivilegedProcess
        ? ["setpriv", $"--reuid={Superuser}", $"--regid={Superuser}", "--init-groups", file]
        : [file];

    private static ProcessStartInfo StartInfo(string file, IEnumerable<string> arguments) => new(file, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
        WorkingDirectory = "/",
    };

    private static async Task RunToEnd(params string[] command)
    {
        using var process = Process.Start(StartInfo(command[0], command[1..]))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await output}{errors}");
        }
    }
}

/// <summary>Ends the shared server with the test run.</summary>
public sealed class PostgresLifetime : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await PostgresServer.StopShared();
}
