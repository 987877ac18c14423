using Cluster.Gateway.Http;
using Cluster.Gateway.Metrics;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Gateway;

/// <summary>docs/api.md says what the code does.</summary>
public sealed class ApiPageTests
{
    private readonly string[] _page = File.ReadAllLines(RepositoryRoot.Combine("docs", "api.md"));

    [Fact]
    public void Every_status_that_callers_meet_is_listed_with_its_http_status()
    {
        foreach (var status in Enum.GetValues<StatusCode>().Except([StatusCode.Ok, StatusCode.Unknown, StatusCode.DataLoss]))
        {
            var row = Assert.Single(_page, line => line.StartsWith('|') && line.Contains($"`{HttpStatus.NameOf(status)}`", StringComparison.Ordinal));
            Assert.Contains($"| {HttpStatus.Of(status)}", row, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_permission_is_listed_and_those_that_open_nothing_are_called_so()
    {
        var used = StubOperations.Contract.Operations.Select(operation => operation.Permission).Append(MetricsEndpoint.Permission).ToHashSet();
        foreach (var permission in PermissionSet.All)
        {
            var row = Assert.Single(_page, line => line.StartsWith('|') && line.Contains($"`{PermissionSet.NameOf(permission)}`", StringComparison.Ordinal));
            Assert.Equal(!used.Contains(permission), row.Contains("nothing yet", StringComparison.Ordinal));
        }

        Assert.DoesNotContain(Permission.Unspecified, PermissionSet.All);
    }
}
