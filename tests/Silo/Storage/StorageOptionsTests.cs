using Cluster.Silo.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

public sealed class StorageOptionsTests
{
    private const string Secret = "hunter2-Zx81";

    [Fact]
    public void Nothing_configured_says_what_to_set()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options());

        Assert.StartsWith("No database is configured: set ConnectionStrings:Cluster", error.Message);
    }

    [Theory]
    [InlineData("ConnectionStrings:Cluster")]
    [InlineData("Cluster:Database")]
    public void Either_key_gives_the_connection_string(string key)
    {
        var options = Options((key, "Host=db;Database=books"));

        Assert.Equal("Host=db;Database=books", options.ConnectionString);
    }

    [Theory]
    [InlineData($"postgres://ada:{Secret}@db/books")]
    [InlineData($"Host=db;Database=books;Pasword={Secret}")]
    [InlineData($"Host=db;Database=books;{Secret}")]
    [InlineData($"Host=db;Database=books;Port={Secret}")]
    [InlineData($"Host=db;Password={Secret}")]
    public void A_bad_connection_string_is_refused_without_being_repeated(string connectionString)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options(("ConnectionStrings:Cluster", connectionString)));

        Assert.DoesNotContain(Secret, error.ToString());
        Assert.StartsWith("ConnectionStrings:Cluster ", error.Message);
    }

    [Fact]
    public void All_limits_out_of_range_are_told_at_once()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options(
            ("ConnectionStrings:Cluster", "Host=db;Database=books"),
            ("Cluster:Storage:MaxPoolSize", "0"),
            ("Cluster:Storage:CommandTimeout", "01:00:00")));

        Assert.Contains("Cluster:Storage:MaxPoolSize is 0; it must lie between 1 and 1000.", error.Failures);
        Assert.Contains("Cluster:Storage:CommandTimeout in seconds is 3600; it must lie between 1 and 600.", error.Failures);
    }

    [Fact]
    public void What_the_connection_string_itself_says_wins()
    {
        var built = new NpgsqlConnectionStringBuilder(
            Options(("ConnectionStrings:Cluster", "Host=db;Database=books;Maximum Pool Size=7")).BuildConnectionString());

        Assert.Equal((7, 2, 100, "db"), (built.MaxPoolSize, built.MinPoolSize, built.MaxAutoPrepare, built.Host));
    }

    [Fact]
    public void The_pool_does_not_tell_its_password()
    {
        var services = Services(("ConnectionStrings:Cluster", $"Host=db;Database=books;Password={Secret}"));
        using var provider = services.BuildServiceProvider();

        var source = provider.GetRequiredService<NpgsqlDataSource>();

        Assert.DoesNotContain(Secret, source.ConnectionString);
        Assert.DoesNotContain(Secret, source.ToString() ?? "");
    }

    [Fact]
    public void Added_twice_it_is_there_once()
    {
        var services = Services(("ConnectionStrings:Cluster", "Host=db;Database=books"));
        var before = services.Count(service => service.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService));

        services.AddStorage(new ConfigurationBuilder().Build());

        Assert.Equal(before, services.Count(service => service.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService)));
    }

    private static StorageOptions Options(params (string Key, string Value)[] settings)
    {
        using var provider = Services(settings).BuildServiceProvider();
        return provider.GetRequiredService<IOptions<StorageOptions>>().Value;
    }

    private static ServiceCollection Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddStorage(configuration);
        return services;
    }
}
