#include <stdio.h>
int main(void)
{
    name = "x";
    memory = 2;
}
