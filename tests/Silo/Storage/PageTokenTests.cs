using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

public sealed class PageTokenTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        var token = PageToken.Write("wallets/User", "first", "zwölf");

        Assert.Equal(["first", "zwölf"], PageToken.Read("wallets/User", 2, token)!);
        Assert.Null(PageToken.Read("wallets/User", 2, ""));
    }

    [Fact]
    public void A_token_of_another_list_or_shape_is_refused()
    {
        var token = PageToken.Write("wallets/User", "first");

        Assert.Throws<ClusterException>(() => PageToken.Read("wallets/Lane", 1, token));
        Assert.Throws<ClusterException>(() => PageToken.Read("wallets/User", 2, token));
    }

    [Fact]
    public void A_hundred_thousand_mutated_tokens_are_all_refused()
    {
        var random = new Random(20261120);
        var token = PageToken.Write("transfers/treasury", "638000000000000000", Guid.NewGuid().ToString());
        for (var i = 0; i < 100_000; i++)
        {
            var mutated = token.ToCharArray();
            mutated[random.Next(mutated.Length)] = (char)random.Next(1, 300);
            var text = new string(mutated)[..random.Next(1, mutated.Length + 1)];
            if (text != token)
            {
                var error = Assert.Throws<ClusterException>(() => PageToken.Read("transfers/treasury", 2, text));
                Assert.Equal(StatusCode.InvalidArgument, error.Status);
            }
        }
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 1)]
    [InlineData(1_000, 1_000)]
    public void A_page_has_the_size_asked_for(uint asked, int size) => Assert.Equal(size, PageToken.PageSize(asked));

    [Fact]
    public void A_page_too_large_is_refused()
    {
        var error = Assert.Throws<ClusterException>(() => PageToken.PageSize(1_001));

        Assert.Equal("page_size is 1001; at most 1000 are given at once.", error.Message);
    }
}
